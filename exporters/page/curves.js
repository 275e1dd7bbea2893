// Curves of the channels that move most.

const MOST = 8;
const LINE = ["#5cc8ff", "#ffb454", "#8fe388", "#ff8fa3", "#c9a7ff", "#ffe066", "#6ee7d8", "#f4a261"];

// The columns that vary most, the busiest first.
export function busiest(weights, count, frames, most = MOST) {
  const spread = Array.from({ length: count }, (_, column) => {
    let sum = 0;
    let squares = 0;
    for (let frame = 0; frame < frames; frame++) {
      const value = weights[frame * count + column];
      sum += value;
      squares += value * value;
    }
    return squares / frames - (sum / frames) ** 2;
  });
  return spread.map((_, column) => column).filter((c) => spread[c] > 1e-7)
    .sort((a, b) => spread[b] - spread[a]).slice(0, most);
}

export class Curves {
  constructor(place, names, columns) {
    this.columns = columns;
    this.rows = columns.map((column) => {
      const row = document.createElement("div");
      row.className = "curve";
      const canvas = row.appendChild(document.createElement("canvas"));
      const name = row.appendChild(document.createElement("span"));
      name.className = "name";
      name.textContent = names[column];
      const value = row.appendChild(document.createElement("span"));
      value.className = "value";
      place.append(row);
      return { canvas, value };
    });
    this.place = place;
    this.cursor = place.appendChild(document.createElement("div"));
    this.cursor.className = "cursor";
  }

  // weights [frames, count], as they are shown, over `share` of the width.
  draw(weights, count, frames, share, ratio) {
    this.rows.forEach(({ canvas }, place) => {
      const width = (canvas.width = Math.max(1, Math.round(canvas.clientWidth * ratio)));
      const height = (canvas.height = Math.max(1, Math.round(canvas.clientHeight * ratio)));
      const pen = canvas.getContext("2d");
      const column = this.columns[place];
      let high = 0.2;
      let low = 0;
      for (let frame = 0; frame < frames; frame++) {
        high = Math.max(high, weights[frame * count + column]);
        low = Math.min(low, weights[frame * count + column]);
      }
      const y = (value) => height - 3 * ratio - ((value - low) / (high - low)) * (height - 18 * ratio);
      pen.beginPath();
      for (let frame = 0; frame < frames; frame++)
        pen.lineTo((frame / Math.max(1, frames)) * share * width, y(weights[frame * count + column]));
      pen.strokeStyle = pen.fillStyle = LINE[place % LINE.length];
      pen.lineWidth = 1.4 * ratio;
      pen.stroke();
      pen.lineTo(share * width, y(0));
      pen.lineTo(0, y(0));
      pen.globalAlpha = 0.16;
      pen.fill();
    });
  }

  show(weights, share) {
    this.rows.forEach(({ value }, place) => {
      value.textContent = weights[this.columns[place]].toFixed(2);
    });
    this.cursor.style.transform = `translateX(${share * this.place.clientWidth}px)`;
  }
}
