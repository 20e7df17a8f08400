/**
 * A minute of one value as an area, with a second value as a line above it and bands behind it. Drawn on a canvas by hand:
 * three hundred points a chart do not need a library.
 */
export class Chart {
  #canvas;
  #unit;
  #floor;
  #points = [];
  #seconds;
  #format;

  /**
   * @param {{seconds?: number, unit: number, floor?: number, format: (value: number) => string}} options
   *   unit: the smallest value that the axis reaches up to; floor: makes the axis logarithmic, beginning there
   */
  constructor(canvas, { seconds = 60, unit, floor = 0, format }) {
    this.#canvas = canvas;
    this.#seconds = seconds;
    this.#unit = unit;
    this.#floor = floor;
    this.#format = format;
  }

  clear() {
    this.#points = [];
  }

  /** @param {{area: number | null, line?: number | null, band?: boolean}} point */
  add(at, point) {
    this.#points.push({ at, ...point });
    while (this.#points.length > 1 && this.#points[1].at < at - this.#seconds) {
      this.#points.shift();
    }
  }

  draw(now) {
    const canvas = this.#canvas;
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0) {
      return;
    }
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const style = getComputedStyle(canvas);
    const colour = name => style.getPropertyValue(name).trim();
    const context = canvas.getContext('2d');
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);

    const top = this.#ceiling();
    const floor = height - 1;
    const x = at => width - (now - at) / this.#seconds * width;
    const share = value => (this.#floor > 0 ? Math.log(value / this.#floor) / Math.log(top / this.#floor) : value / top);
    const y = value => floor - Math.min(Math.max(share(value), 0), 1) * (floor - 16);

    context.font = `11px ${style.fontFamily}`;
    context.textBaseline = 'bottom';
    for (const value of this.#marks(top)) {
      const level = Math.round(y(value)) + 0.5;
      context.strokeStyle = colour('--line');
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(0, level);
      context.lineTo(width, level);
      context.stroke();
      context.fillStyle = colour('--text-soft');
      context.fillText(this.#format(value), 2, level - 2);
    }

    context.fillStyle = colour('--chart-band');
    for (let index = 0; index < this.#points.length; index++) {
      if (this.#points[index].band) {
        const from = x(this.#points[index].at);
        const to = index + 1 < this.#points.length ? x(this.#points[index + 1].at) : width;
        context.fillRect(from, 0, Math.max(to - from, 1.5), floor);
      }
    }

    this.#stroke(context, 'area', x, y, colour('--chart-area'), floor, colour('--chart-fill'));
    this.#stroke(context, 'line', x, y, colour('--chart-line'), floor, null);
  }

  /** Rounded up to a round number, so that the axis does not tremble with each value. */
  #ceiling() {
    let most = this.#unit;
    for (const { area, line } of this.#points) {
      most = Math.max(most, area ?? 0, line ?? 0);
    }
    const power = 10 ** Math.floor(Math.log10(most));
    const steps = this.#floor > 0 ? [1, 10] : [1, 2, 3, 5, 10];
    return steps.map(step => step * power).find(step => step >= most);
  }

  #marks(top) {
    if (this.#floor === 0) {
      return [top, top / 2];
    }
    const marks = [];
    for (let value = top; value > this.#floor; value /= 10) {
      marks.push(value);
    }
    return marks;
  }

  #stroke(context, key, x, y, stroke, floor, fill) {
    const known = this.#points.filter(point => point[key] !== null && point[key] !== undefined);
    if (known.length < 2) {
      return;
    }
    context.beginPath();
    known.forEach((point, index) => {
      if (index === 0) {
        context.moveTo(x(point.at), y(point[key]));
      } else {
        context.lineTo(x(point.at), y(point[key]));
      }
    });
    context.strokeStyle = stroke;
    context.lineWidth = 1.75;
    context.lineJoin = 'round';
    context.stroke();
    if (fill !== null) {
      context.lineTo(x(known.at(-1).at), floor);
      context.lineTo(x(known[0].at), floor);
      context.closePath();
      context.fillStyle = fill;
      context.fill();
    }
  }
}
