// What is heard this moment: the LPC envelope, with its highest peaks marked, from low to high pitch.

const PEAKS = 4;

export function drawEnvelope(canvas, heights, ratio) {
  const width = (canvas.width = Math.max(1, Math.round(canvas.clientWidth * ratio)));
  const height = (canvas.height = Math.max(1, Math.round(canvas.clientHeight * ratio)));
  if (!heights.length) return;
  const pen = canvas.getContext("2d");
  const x = (at) => (at / (heights.length - 1)) * width;
  const y = (at) => height - 2 * ratio - (heights[at] / 255) * (height - 6 * ratio);
  pen.beginPath();
  heights.forEach((_, at) => pen.lineTo(x(at), y(at)));
  pen.strokeStyle = pen.fillStyle = "#5cc8ff";
  pen.lineWidth = 1.4 * ratio;
  pen.stroke();
  pen.lineTo(width, height);
  pen.lineTo(0, height);
  pen.globalAlpha = 0.16;
  pen.fill();
  pen.globalAlpha = 1;
  pen.fillStyle = "#ffb454";
  for (const at of peaks(heights)) {
    pen.beginPath();
    pen.arc(x(at), y(at), 3 * ratio, 0, 2 * Math.PI);
    pen.fill();
  }
}

function peaks(heights) {
  return heights.map((_, at) => at)
    .filter((at) => heights[at] > (heights[at - 1] ?? 255) && heights[at] >= (heights[at + 1] ?? 255))
    .sort((a, b) => heights[b] - heights[a]).slice(0, PEAKS);
}
