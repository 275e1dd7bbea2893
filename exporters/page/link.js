// The connection to the program: sought again for as long as the page is open.

const HEAD = 16; // bytes before the weights of a frame
const PAUSES = [0.3, 0.5, 1, 2]; // seconds between attempts

export class Link {
  // heard: {frame(number, time, weights), open(), lost(), and one for each kind of message}
  constructor(heard) {
    this.heard = heard;
    this.failures = 0;
    this.connect();
  }

  connect() {
    const address = new URL("socket", location.href);
    address.protocol = "ws:";
    this.socket = new WebSocket(address);
    this.socket.binaryType = "arraybuffer";
    this.socket.addEventListener("message", ({ data }) => this.hear(data));
    this.socket.addEventListener("close", () => this.lose());
  }

  hear(data) {
    if (typeof data === "string") {
      for (const [kind, content] of Object.entries(JSON.parse(data))) this.heard[kind]?.(content);
      return;
    }
    const view = new DataView(data);
    const number = view.getUint32(0, true);
    this.say({ seen: number }); // what is not said to have come is not followed by more
    this.failures = 0;
    this.heard.frame(number, view.getFloat64(8, true), new Float32Array(data, HEAD));
  }

  lose() {
    this.heard.lost();
    const pause = PAUSES[Math.min(this.failures++, PAUSES.length - 1)];
    setTimeout(() => this.connect(), 1000 * pause);
  }

  say(words) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(words));
  }
}
