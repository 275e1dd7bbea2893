// The sound as a picture: waveform above, spectrogram below, the envelope's peaks over it.
import { unpack } from "./data.js";

const WAVE = 0.3; // share of the height
const PEAK = "#ffb454";

export class Strip {
  constructor(canvas, packed, duration) {
    Object.assign(this, { canvas, packed, duration });
  }

  // Not before it is drawn, as the face comes first.
  open() {
    const { packed } = this;
    this.wave = unpack(packed.wave);
    this.formants = unpack(packed.formants);
    this.picture = spectrogram(unpack(packed.bands), packed.columns, packed.bandCount);
  }

  draw(ratio) {
    const { canvas, packed } = this;
    const width = (canvas.width = Math.max(1, Math.round(canvas.clientWidth * ratio)));
    const height = (canvas.height = Math.max(1, Math.round(canvas.clientHeight * ratio)));
    if (!packed) return;
    if (!this.picture) this.open();
    const pen = canvas.getContext("2d");
    const wide = (packed.columns / packed.rate / this.duration) * width;
    const top = Math.round(height * WAVE);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(this.picture, 0, top, wide, height - top);
    pen.fillStyle = "#7f8fa6";
    for (let x = 0; x < wide; x++) {
      const from = Math.floor((x / wide) * packed.columns);
      const end = Math.max(from + 1, Math.floor(((x + 1) / wide) * packed.columns));
      const tall = Math.max(1, (Math.max(...this.wave.subarray(from, end)) / 255) * (top - 4));
      pen.fillRect(x, (top - tall) / 2, 1, tall);
    }
    pen.fillStyle = PEAK;
    const dot = Math.max(1, ratio * 1.2);
    for (let column = 0; column < packed.columns; column++)
      for (let peak = 0; peak < packed.peaks; peak++) {
        const pitch = this.formants[column * packed.peaks + peak];
        if (!pitch) continue;
        const y = height - ((pitch - 1) / 254) * (height - top);
        pen.fillRect(((column + 0.5) / packed.columns) * wide - dot / 2, y - dot / 2, dot, dot);
      }
  }
}

function spectrogram(bands, columns, count) {
  const picture = document.createElement("canvas");
  picture.width = Math.max(1, columns);
  picture.height = count;
  const pen = picture.getContext("2d");
  const image = pen.createImageData(picture.width, count);
  for (let column = 0; column < columns; column++)
    for (let band = 0; band < count; band++) {
      const level = bands[column * count + band] / 255;
      const at = ((count - 1 - band) * picture.width + column) * 4;
      image.data.set([24 + 70 * level ** 2, 28 + 150 * level ** 1.6, 36 + 175 * level, 255], at);
    }
  pen.putImageData(image, 0, 0);
  return picture;
}
