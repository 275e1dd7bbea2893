// Loads a glb with three's GLTFLoader and plays one of its animations, by name, at the times given.
// Prints, for every mesh, its name, morph names, weights and the world's place of each vertex, skins applied.
// node three-hero.mjs FILE ANIMATION TIME...
import { readFileSync } from 'node:fs';
import * as three from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';

globalThis.self ??= globalThis;  // the loader was written for browsers
const log = console.log;
console.error = console.warn = () => {};  // pictures cannot be decoded without a browser

const [file, name, ...times] = process.argv.slice(2);
const bytes = readFileSync(file);
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const gltf = await new GLTFLoader().parseAsync(buffer, '');
const meshes = [];
gltf.scene.traverse((object) => { if (object.isMesh) meshes.push(object); });

const mixer = new three.AnimationMixer(gltf.scene);
const action = mixer.clipAction(gltf.animations.find((clip) => clip.name === name));
action.setLoop(three.LoopOnce).clampWhenFinished = true;
action.play();
const point = new three.Vector3();
const played = times.map(Number).map((time) => {
  mixer.setTime(time);
  gltf.scene.updateMatrixWorld(true);
  return meshes.map((mesh) => {
    const vertices = [];
    if (mesh.isSkinnedMesh) mesh.skeleton.update();
    for (let index = 0; index < mesh.geometry.attributes.position.count; index++) {
      vertices.push(mesh.getVertexPosition(index, point).applyMatrix4(mesh.matrixWorld).toArray());
    }
    return { name: mesh.name, weights: [...(mesh.morphTargetInfluences ?? [])], vertices };
  });
});
log(JSON.stringify({
  animations: gltf.animations.map((clip) => clip.name),
  morphs: Object.fromEntries(meshes.map((mesh) => [mesh.name, mesh.morphTargetDictionary ?? {}])),
  played,
}));
