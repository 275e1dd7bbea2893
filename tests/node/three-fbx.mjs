// Loads an fbx with three's FBXLoader and prints what it understood, in the file's own unit.
// node three-fbx.mjs FILE SHAPE...
import { readFileSync } from 'node:fs';
import { FBXLoader } from 'three/addons/loaders/FBXLoader.js';

globalThis.window ??= globalThis;  // the loader was written for browsers

const [file, ...shapes] = process.argv.slice(2);
const bytes = readFileSync(file);
const scene = new FBXLoader().parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength), '');

const meshes = [];
scene.traverse((object) => { if (object.isMesh) meshes.push(object); });
const [mesh] = meshes;
const [clip] = scene.animations;
const names = Object.entries(mesh?.morphTargetDictionary ?? {}).sort((a, b) => a[1] - b[1]).map(([name]) => name);

const rows = (attribute) => {
  const result = [];
  for (let at = 0; at < attribute.count; at++) result.push([attribute.getX(at), attribute.getY(at), attribute.getZ(at)]);
  return result;
};
const keys = {};
let turns = null;
for (const track of clip?.tracks ?? []) {
  const [, place] = track.name.match(/^Head\.morphTargetInfluences\[(\d+)\]$/) ?? [];
  if (place !== undefined) {
    keys[names[place]] = { times: [...track.times], values: [...track.values].map((value) => value * 100) };
  } else if (track.name === 'Head.quaternion') {
    const quaternions = [];
    for (let at = 0; at < track.values.length; at += 4) quaternions.push([...track.values.slice(at, at + 4)]);
    turns = { times: [...track.times], quaternions };
  }
}
const moved = {};
for (const name of shapes) moved[name] = rows(mesh.geometry.morphAttributes.position[mesh.morphTargetDictionary[name]]);

console.log(JSON.stringify({
  meshes: meshes.length,
  names,
  keys,
  turns,
  rest: mesh ? rows(mesh.geometry.attributes.position) : [],
  moved,
  materials: [mesh?.material].flat().map((material) => material?.name),
  colours: mesh?.geometry.attributes.color?.count ?? 0,
  normals: mesh?.geometry.attributes.normal?.count ?? 0,
}));
