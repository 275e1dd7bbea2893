// Matrices as WebGL wants them: 16 numbers, column by column.

export function multiply(a, b) {
  const result = new Float32Array(16);
  for (let column = 0; column < 4; column++)
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let inner = 0; inner < 4; inner++) sum += a[inner * 4 + row] * b[column * 4 + inner];
      result[column * 4 + row] = sum;
    }
  return result;
}

export function perspective(angle, aspect, near, far) {
  const scale = 1 / Math.tan(angle / 2);
  const depth = 1 / (near - far);
  return new Float32Array([
    scale / aspect, 0, 0, 0, 0, scale, 0, 0, 0, 0, (near + far) * depth, -1, 0, 0, 2 * near * far * depth, 0,
  ]);
}

// The head turned by yaw, pitch and roll in degrees: roll about z, then pitch about x, then yaw about y.
export function turned(yaw, pitch, roll, centre) {
  const [cy, sy, cp, sp, cr, sr] = [yaw, pitch, roll].flatMap((degrees) => {
    const angle = (degrees * Math.PI) / 180;
    return [Math.cos(angle), Math.sin(angle)];
  });
  const right = [cy * cr + sy * sp * sr, cp * sr, -sy * cr + cy * sp * sr];
  const up = [-cy * sr + sy * sp * cr, cp * cr, sy * sr + cy * sp * cr];
  const ahead = [sy * cp, -sp, cy * cp];
  const moved = [0, 1, 2].map(
    (row) => centre[row] - right[row] * centre[0] - up[row] * centre[1] - ahead[row] * centre[2],
  );
  return new Float32Array([...right, 0, ...up, 0, ...ahead, 0, ...moved, 1]);
}
