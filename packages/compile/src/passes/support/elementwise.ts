/** Operators that treat every element alike and broadcast their operands: shape and order do not matter to them. */
export const elementwise: ReadonlySet<string> = new Set(
  [
    'Abs Acos Acosh Add And Asin Asinh Atan Atanh Cast Ceil Clip Cos Cosh Div Elu Equal Erf Exp Floor Greater',
    'GreaterOrEqual IsInf IsNaN LeakyRelu Less LessOrEqual Log Max Min Mod Mul Neg Not Or Pow Reciprocal Relu',
    'Round Selu Sigmoid Sign Sin Sinh Softplus Sqrt Sub Sum Tan Tanh Where Xor',
  ]
    .join(' ')
    .split(' '),
);
