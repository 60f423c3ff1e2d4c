// The rules of tic-tac-toe: no page, no network, nothing to remember. A game is the list of cells taken, X first.

/** The rows, columns and diagonals of the cells 0 to 8. */
const LINES = [
  [0, 1, 2],
  [3, 4, 5],
  [6, 7, 8],
  [0, 3, 6],
  [1, 4, 7],
  [2, 5, 8],
  [0, 4, 8],
  [2, 4, 6],
];

/** @typedef {'X' | 'O'} Mark */

/** Whose mark the move of this number sets. @param {number} move @returns {Mark} */
export const markOf = (move) => (move % 2 === 0 ? 'X' : 'O');

/** What stands where. @param {readonly number[]} moves @returns {(Mark | null)[]} */
export const cells = (moves) => {
  const board = /** @type {(Mark | null)[]} */ (Array(9).fill(null));
  moves.forEach((cell, move) => (board[cell] = markOf(move)));
  return board;
};

/** The three in a row, if somebody has them. @param {readonly number[]} moves @returns {number[] | null} */
export const winningLine = (moves) => {
  const board = cells(moves);
  return LINES.find(([a = 0, b = 0, c = 0]) => board[a] && board[a] === board[b] && board[a] === board[c]) ?? null;
};

/** @param {readonly number[]} moves */
export const isOver = (moves) => moves.length === 9 || winningLine(moves) !== null;

/**
 * Why a move is against the rules, or null if it is not.
 * @param {readonly number[]} moves the game so far
 * @param {Mark} mark whose move it is meant to be
 * @param {unknown} cell
 */
export const whyNot = (moves, mark, cell) => {
  if (isOver(moves)) return 'the game is over';
  if (markOf(moves.length) !== mark) return `it is not the turn of ${mark}`;
  if (typeof cell !== 'number' || !Number.isInteger(cell) || cell < 0 || cell > 8) return 'there is no such cell';
  if (moves.includes(cell)) return 'that cell is taken';
  return null;
};
