/** What natural's tokenisers use of Node's `util`, for browsers too. */
export function inherits(child, parent) {
  Object.setPrototypeOf(child.prototype, parent.prototype);
  Object.setPrototypeOf(child, parent);
}
