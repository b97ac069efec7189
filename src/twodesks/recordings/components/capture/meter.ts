/** The level meter: the last seconds of levels as bars on a canvas, newest at the right of what is filled. */
const BAR_PX = 4;
const GAP_PX = 3;
const EACH_MS = 60;

export class Meter {
  readonly levels: number[] = [];
  private frame = 0;
  private last = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly level: () => number,
    private readonly isLive: () => boolean,
  ) {}

  start(): void {
    const draw = (now: number) => {
      this.frame = requestAnimationFrame(draw);
      if (now - this.last < EACH_MS) return;
      this.last = now;
      this.levels.push(this.isLive() ? this.level() : 0);
      if (this.levels.length > 200) this.levels.shift();
      this.paint();
    };
    this.frame = requestAnimationFrame(draw);
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
  }

  /** Levels of about the last two seconds. */
  get lately(): number[] {
    return this.levels.slice(-34);
  }

  private paint(): void {
    const { canvas } = this;
    const scale = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
    if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d");
    if (!pen || width === 0) return;
    const style = getComputedStyle(canvas);
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const count = Math.floor((width + GAP_PX) / (BAR_PX + GAP_PX));
    const shown = this.levels.slice(-count);
    for (let index = 0; index < count; index += 1) {
      const level = shown[index];
      pen.fillStyle = level === undefined || level < 0.06 ? style.borderTopColor : style.color;
      const tall = Math.max(BAR_PX, (level ?? 0) * height);
      pen.beginPath();
      pen.roundRect(index * (BAR_PX + GAP_PX), (height - tall) / 2, BAR_PX, tall, 2);
      pen.fill();
    }
  }
}
