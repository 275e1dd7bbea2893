// Turns an fbx into a glb with FBX2glTF, which carries Autodesk's own SDK, and prints what it said.
// node fbx2gltf.mjs FILE.fbx FILE.glb bake24|bake30|bake60
import { spawnSync } from 'node:child_process';
import { copyFileSync, chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const [file, glb, rate] = process.argv.slice(2);
const name = os.type() === 'Windows_NT' ? 'FBX2glTF.exe' : 'FBX2glTF';
const packed = path.join(import.meta.dirname, 'node_modules', 'fbx2gltf', 'bin', os.type(), name);
const folder = mkdtempSync(path.join(os.tmpdir(), 'fbx2gltf-'));
try {
  const tool = path.join(folder, name);  // the package holds it without the right to run
  copyFileSync(packed, tool);
  chmodSync(tool, 0o755);
  const options = ['--binary', '--user-properties', '--anim-framerate', rate];
  const done = spawnSync(tool, [...options, '--input', file, '--output', glb.replace(/\.glb$/, '')], { encoding: 'utf8' });
  console.log(JSON.stringify({ code: done.status, said: done.stdout + done.stderr }));
} finally {
  rmSync(folder, { recursive: true });
}
