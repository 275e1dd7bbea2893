// What the page was made with: numbers out of base64.

const KINDS = { "<i2": Int16Array, "<u1": Uint8Array, "<u2": Uint16Array, "<u4": Uint32Array, "<f4": Float32Array };

export function bytes(text) {
  const raw = atob(text);
  const found = new Uint8Array(raw.length);
  for (let place = 0; place < raw.length; place++) found[place] = raw.charCodeAt(place);
  return found;
}

export function unpack(entry) {
  return new KINDS[entry.type](bytes(entry.data).buffer);
}

function scaled(levels, change) {
  const found = new Float32Array(levels.length);
  for (let place = 0; place < levels.length; place++) found[place] = change(levels[place]);
  return found;
}

// {fps, frames, names, mouth, head, moods: [{name, asked, weights}], weights: Float32Array [frames, names]}
export function openClip(packed) {
  const scale = (packed.high - packed.low) / 65535;
  const floats = (entry) => scaled(unpack(entry), (level) => packed.low + level * scale);
  return {
    ...packed,
    weights: floats(packed.weights),
    moods: packed.moods.map((mood) => ({ ...mood, weights: floats(mood.weights) })),
    head: packed.head && unpack(packed.head),
  };
}

// Every row of runs, which are pairs: the first row, and how many follow on from it.
function rowsOf(runs, count) {
  const rows = new Uint32Array(count);
  let place = 0;
  for (let at = 0; at < runs.length; at += 2)
    for (let step = 0; step < runs[at + 1]; step++) rows[place++] = runs[at] + step;
  return rows;
}

// Vertices in metres about the mesh's middle; a target's rows are `first` to `end` of indices and deltas.
export function openMesh(packed) {
  let end = 0;
  const targets = new Map(packed.targets.map(([name, count]) => [name, { first: end, end: (end += count) }]));
  return {
    ...packed,
    vertices: scaled(unpack(packed.vertices), (unit) => unit * packed.step),
    triangles: unpack(packed.triangles),
    colours: scaled(unpack(packed.colours), (level) => (level / 255) ** 2),
    turning: scaled(unpack(packed.turning), (level) => level / 255), // each vertex's share of the head's turn
    targets,
    indices: rowsOf(unpack(packed.runs), end),
    deltas: scaled(unpack(packed.deltas), (unit) => unit * packed.deltaStep),
  };
}
