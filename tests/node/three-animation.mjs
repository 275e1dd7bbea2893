// Loads a glb with three's GLTFLoader and prints its animation: as stored, and as an AnimationMixer plays it.
// node three-animation.mjs FILE TIME...
import { readFileSync } from 'node:fs';
import * as three from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';

globalThis.self ??= globalThis;  // the loader was written for browsers

const [file, ...times] = process.argv.slice(2);
const bytes = readFileSync(file);
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const gltf = await new GLTFLoader().parseAsync(buffer, '');

const meshes = [];
gltf.scene.traverse((object) => { if (object.isMesh) meshes.push(object); });
const [mesh] = meshes;
const names = Object.entries(mesh.morphTargetDictionary).sort((a, b) => a[1] - b[1]).map(([name]) => name);

const [clip] = gltf.animations;
const mixer = new three.AnimationMixer(gltf.scene);
const action = mixer.clipAction(clip);
action.setLoop(three.LoopOnce).clampWhenFinished = true;
action.play();
const point = new three.Vector3();
const played = times.map(Number).map((time) => {
  mixer.setTime(time);
  gltf.scene.updateMatrixWorld(true);
  const vertices = [];
  for (let index = 0; index < mesh.geometry.attributes.position.count; index++) {
    vertices.push(mesh.getVertexPosition(index, point).applyMatrix4(mesh.matrixWorld).toArray());
  }
  return { time, weights: [...mesh.morphTargetInfluences], rotation: mesh.quaternion.toArray(), vertices };
});

console.log(JSON.stringify({
  meshes: meshes.length,
  names,
  colours: mesh.geometry.attributes.color?.count ?? 0,
  normals: mesh.geometry.attributes.normal?.count ?? 0,
  tracks: clip.tracks.map((track) => ({ name: track.name, times: [...track.times], values: [...track.values] })),
  duration: clip.duration,
  played,
}));
