import Autodiff

/// A tensor and what NumPy 2.4 writes for it: integer arrays for whole tensors, else floats.
struct ArrayCase: Sendable {
  var shape: [Int]
  var values: [Double]
  var isMask = false
  var string: String
  var representation: String

  var tensor: Tensor { Tensor(shape: Shape(shape), values: values, isMask: isMask) }
}

/// Multiples of `scale` from 0 on, past the threshold of a summary, and what NumPy 2.4 writes.
struct SummaryCase: Sendable {
  var shape: [Int]
  var scale: Double
  var string: String
  var representation: String

  var tensor: Tensor {
    let shape = Shape(shape)
    return Tensor(shape: shape, values: (0..<shape.count).map { Double($0) * scale })
  }
}

extension ArrayCase {
  static let all: [ArrayCase] = [
    ArrayCase(
      shape: [3],
      values: [
        1, 2, 3,
      ],
      string: """
        [1 2 3]
        """,
      representation: """
        array([1, 2, 3])
        """),
    ArrayCase(
      shape: [2, 2],
      values: [
        1, 2, -3, 4,
      ],
      string: """
        [[ 1  2]
         [-3  4]]
        """,
      representation: """
        array([[ 1,  2],
               [-3,  4]])
        """),
    ArrayCase(
      shape: [2],
      values: [
        1, 0,
      ], isMask: true,
      string: """
        [ True False]
        """,
      representation: """
        array([ True, False])
        """),
    ArrayCase(
      shape: [2, 2],
      values: [
        1, 1, 0, 1,
      ], isMask: true,
      string: """
        [[ True  True]
         [False  True]]
        """,
      representation: """
        array([[ True,  True],
               [False,  True]])
        """),
    ArrayCase(
      shape: [3],
      values: [
        1, 0.5, -2.25,
      ],
      string: """
        [ 1.    0.5  -2.25]
        """,
      representation: """
        array([ 1.  ,  0.5 , -2.25])
        """),
    ArrayCase(
      shape: [3],
      values: [
        1e-05, 1, 2.5,
      ],
      string: """
        [1.0e-05 1.0e+00 2.5e+00]
        """,
      representation: """
        array([1.0e-05, 1.0e+00, 2.5e+00])
        """),
    ArrayCase(
      shape: [2, 2],
      values: [
        0.1, 200.5, 100_000_000, 3,
      ],
      string: """
        [[1.000e-01 2.005e+02]
         [1.000e+08 3.000e+00]]
        """,
      representation: """
        array([[1.000e-01, 2.005e+02],
               [1.000e+08, 3.000e+00]])
        """),
    ArrayCase(
      shape: [4],
      values: [
        .nan, 1.5, .infinity, -.infinity,
      ],
      string: """
        [ nan  1.5  inf -inf]
        """,
      representation: """
        array([ nan,  1.5,  inf, -inf])
        """),
    ArrayCase(
      shape: [2],
      values: [
        .nan, .infinity,
      ],
      string: """
        [nan inf]
        """,
      representation: """
        array([nan, inf])
        """),
    ArrayCase(
      shape: [2, 2, 2],
      values: [
        1, 2, 3, 4, 5, 6, 7, -8,
      ],
      string: """
        [[[ 1  2]
          [ 3  4]]

         [[ 5  6]
          [ 7 -8]]]
        """,
      representation: """
        array([[[ 1,  2],
                [ 3,  4]],

               [[ 5,  6],
                [ 7, -8]]])
        """),
    ArrayCase(
      shape: [1, 2, 1, 2],
      values: [
        1.5, 2, 3, 4,
      ],
      string: """
        [[[[1.5 2. ]]

          [[3.  4. ]]]]
        """,
      representation: """
        array([[[[1.5, 2. ]],

                [[3. , 4. ]]]])
        """),
    ArrayCase(
      shape: [30],
      values: [
        0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, 144, 169, 196, 225, 256, 289, 324, 361,
        400, 441, 484, 529, 576, 625, 676, 729, 784, 841,
      ],
      string: """
        [  0   1   4   9  16  25  36  49  64  81 100 121 144 169 196 225 256 289
         324 361 400 441 484 529 576 625 676 729 784 841]
        """,
      representation: """
        array([  0,   1,   4,   9,  16,  25,  36,  49,  64,  81, 100, 121, 144,
               169, 196, 225, 256, 289, 324, 361, 400, 441, 484, 529, 576, 625,
               676, 729, 784, 841])
        """),
    ArrayCase(
      shape: [20],
      values: [
        1, 0.5, 0.3333333333333333, 0.25, 0.2, 0.16666666666666666, 0.14285714285714285, 0.125,
        0.1111111111111111, 0.1, 0.09090909090909091, 0.08333333333333333, 0.07692307692307693,
        0.07142857142857142, 0.06666666666666667, 0.0625, 0.058823529411764705,
        0.05555555555555555, 0.05263157894736842, 0.05,
      ],
      string: """
        [1.         0.5        0.33333333 0.25       0.2        0.16666667
         0.14285714 0.125      0.11111111 0.1        0.09090909 0.08333333
         0.07692308 0.07142857 0.06666667 0.0625     0.05882353 0.05555556
         0.05263158 0.05      ]
        """,
      representation: """
        array([1.        , 0.5       , 0.33333333, 0.25      , 0.2       ,
               0.16666667, 0.14285714, 0.125     , 0.11111111, 0.1       ,
               0.09090909, 0.08333333, 0.07692308, 0.07142857, 0.06666667,
               0.0625    , 0.05882353, 0.05555556, 0.05263158, 0.05      ])
        """),
    ArrayCase(
      shape: [3],
      values: [
        1e-10, 1e-05, 0.25,
      ],
      string: """
        [1.0e-10 1.0e-05 2.5e-01]
        """,
      representation: """
        array([1.0e-10, 1.0e-05, 2.5e-01])
        """),
    ArrayCase(
      shape: [3],
      values: [
        1e+100, -1e-100, 0,
      ],
      string: """
        [ 1.e+100 -1.e-100  0.e+000]
        """,
      representation: """
        array([ 1.e+100, -1.e-100,  0.e+000])
        """),
    ArrayCase(
      shape: [2],
      values: [
        0.30000000000000004, 0.3333333333333333,
      ],
      string: """
        [0.3        0.33333333]
        """,
      representation: """
        array([0.3       , 0.33333333])
        """),
    ArrayCase(
      shape: [3],
      values: [
        123456.789, 99999999.1, 5000.00000001,
      ],
      string: """
        [1.23456789e+05 9.99999991e+07 5.00000000e+03]
        """,
      representation: """
        array([1.23456789e+05, 9.99999991e+07, 5.00000000e+03])
        """),
    ArrayCase(
      shape: [3],
      values: [
        99999999.1, 99999998.3, 75000000.7,
      ],
      string: """
        [99999999.1 99999998.3 75000000.7]
        """,
      representation: """
        array([99999999.1, 99999998.3, 75000000.7])
        """),
    ArrayCase(
      shape: [2],
      values: [
        -0.0, 0.5,
      ],
      string: """
        [-0.   0.5]
        """,
      representation: """
        array([-0. ,  0.5])
        """),
    ArrayCase(
      shape: [3, 1],
      values: [
        0.001, 0.5, 0.99,
      ],
      string: """
        [[0.001]
         [0.5  ]
         [0.99 ]]
        """,
      representation: """
        array([[0.001],
               [0.5  ],
               [0.99 ]])
        """),
    ArrayCase(
      shape: [3],
      values: [
        1.5e-05, -25_000_000_000, .nan,
      ],
      string: """
        [ 1.5e-05 -2.5e+10      nan]
        """,
      representation: """
        array([ 1.5e-05, -2.5e+10,      nan])
        """),
    ArrayCase(
      shape: [1],
      values: [
        1.5
      ],
      string: """
        [1.5]
        """,
      representation: """
        array([1.5])
        """),
    ArrayCase(
      shape: [2, 3],
      values: [
        0.196611933, -0.39322387, 1, 2, 3, 0.004,
      ],
      string: """
        [[ 0.19661193 -0.39322387  1.        ]
         [ 2.          3.          0.004     ]]
        """,
      representation: """
        array([[ 0.19661193, -0.39322387,  1.        ],
               [ 2.        ,  3.        ,  0.004     ]])
        """),
    ArrayCase(
      shape: [3],
      values: [
        0.5, 0.15, 0.000125,
      ],
      string: """
        [5.00e-01 1.50e-01 1.25e-04]
        """,
      representation: """
        array([5.00e-01, 1.50e-01, 1.25e-04])
        """),
    ArrayCase(
      shape: [2, 12],
      values: [
        0.123456789, -1.123456789, 2.123456789, -3.123456789, 4.123456789, -5.123456789,
        6.123456789, -7.123456789, 8.123456789, -9.123456789, 10.123456789, -11.123456789,
        12.123456789, -13.123456789, 14.123456789, -15.123456789, 16.123456789, -17.123456789,
        18.123456789, -19.123456789, 20.123456789, -21.123456789, 22.123456789, -23.123456789,
      ],
      string: """
        [[  0.12345679  -1.12345679   2.12345679  -3.12345679   4.12345679
           -5.12345679   6.12345679  -7.12345679   8.12345679  -9.12345679
           10.12345679 -11.12345679]
         [ 12.12345679 -13.12345679  14.12345679 -15.12345679  16.12345679
          -17.12345679  18.12345679 -19.12345679  20.12345679 -21.12345679
           22.12345679 -23.12345679]]
        """,
      representation: """
        array([[  0.12345679,  -1.12345679,   2.12345679,  -3.12345679,
                  4.12345679,  -5.12345679,   6.12345679,  -7.12345679,
                  8.12345679,  -9.12345679,  10.12345679, -11.12345679],
               [ 12.12345679, -13.12345679,  14.12345679, -15.12345679,
                 16.12345679, -17.12345679,  18.12345679, -19.12345679,
                 20.12345679, -21.12345679,  22.12345679, -23.12345679]])
        """),
    ArrayCase(
      shape: [2],
      values: [
        1.000000005, 1.000000015,
      ],
      string: """
        [1.         1.00000001]
        """,
      representation: """
        array([1.        , 1.00000001])
        """),
    ArrayCase(
      shape: [3],
      values: [
        .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e+22,
      ],
      string: """
        [4.94065646e-324 1.79769313e+308 1.00000000e+022]
        """,
      representation: """
        array([4.94065646e-324, 1.79769313e+308, 1.00000000e+022])
        """),
  ]
}
