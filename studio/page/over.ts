import { render, type TemplateResult } from 'lit-html'

/**
 * Something that opens over the page: Escape closes it, the focus goes back to where it was, and its keys are not the
 * page's.
 */
export class Over {
  readonly element = document.createElement('dialog')

  constructor(
    name: string,
    kind: string,
    private readonly content: () => TemplateResult,
  ) {
    this.element.className = `over ${kind}`
    this.element.setAttribute('aria-label', name)
    this.element.addEventListener('keydown', (event) => event.stopPropagation())
    this.element.addEventListener('close', () => this.element.remove())
    // Beside it.
    this.element.addEventListener('click', ({ target, clientX: x, clientY: y }) => {
      const { left, right, top, bottom } = this.element.getBoundingClientRect()
      if (target === this.element && (x < left || x > right || y < top || y > bottom)) this.close()
    })
  }

  open(): void {
    document.querySelector(`dialog.${this.element.className.split(' ').join('.')}`)?.remove()
    document.body.append(this.element)
    this.draw()
    this.element.showModal()
  }

  draw(): void {
    render(this.content(), this.element)
  }

  close(): void {
    this.element.close()
  }
}
