import COpenBLAS

/// The routines of LAPACK for orthogonal factors, by their Fortran names; matrices are column-major.
struct Factorisations: Sendable {
  typealias Index = Int32
  private typealias In = UnsafePointer<Index>
  private typealias Doubles = UnsafeMutablePointer<Double>
  private typealias Out = UnsafeMutablePointer<Index>
  private typealias Text = UnsafePointer<CChar>

  private typealias SVD =
    @convention(c) (
      Text, In, In, Doubles, In, Doubles, Doubles, In, Doubles, In, Doubles, In, Out, Out, Int
    ) -> Void
  private typealias Eigen =
    @convention(c) (
      Text, Text, In, Doubles, In, Doubles, Doubles, In, Out, In, Out, Int, Int
    ) -> Void
  private typealias QR =
    @convention(c) (In, In, Doubles, In, Doubles, Doubles, In, Out) -> Void
  private typealias MakeQ =
    @convention(c) (In, In, In, Doubles, In, Doubles, Doubles, In, Out) -> Void
  private typealias LeastSquares =
    @convention(c) (
      In, In, In, Doubles, In, Doubles, In, Doubles, UnsafePointer<Double>, Out, Doubles, In, Out,
      Out
    ) -> Void

  private let dgesdd: SVD
  private let dsyevd: Eigen
  private let dgeqrf: QR
  private let dorgqr: MakeQ
  private let dgelsd: LeastSquares

  private static let opened = Factorisations()

  /// The routines.
  ///
  /// Throws: LinAlgError where the library is missing.
  static var routines: Factorisations {
    get throws(GateError) {
      // The message is the one of the other routines.
      _ = try LAPACK.routines
      guard let opened else {
        throw GateError(.linearAlgebra, "the LAPACK of the library OpenBLAS is not whole")
      }
      return opened
    }
  }

  private init?() {
    guard let dgesdd = nabla_blas_symbol("dgesdd_"), let dsyevd = nabla_blas_symbol("dsyevd_"),
      let dgeqrf = nabla_blas_symbol("dgeqrf_"), let dorgqr = nabla_blas_symbol("dorgqr_"),
      let dgelsd = nabla_blas_symbol("dgelsd_")
    else { return nil }
    self.dgesdd = unsafeBitCast(dgesdd, to: SVD.self)
    self.dsyevd = unsafeBitCast(dsyevd, to: Eigen.self)
    self.dgeqrf = unsafeBitCast(dgeqrf, to: QR.self)
    self.dorgqr = unsafeBitCast(dorgqr, to: MakeQ.self)
    self.dgelsd = unsafeBitCast(dgelsd, to: LeastSquares.self)
  }

  /// Working memory as a routine asks for it: called with a size of -1 it says what it needs.
  private func withWork(
    _ call: (_ work: Doubles, _ size: Index, _ integers: Out, _ count: Index) -> Void
  ) {
    var need = 0.0
    var integerNeed: Index = 0
    call(&need, -1, &integerNeed, -1)
    let size = max(1, Int(need))
    let count = max(1, Int(integerNeed))
    let work = Buffer(count: size)
    var integers = [Index](repeating: 0, count: count)
    call(work.pointer, Index(size), &integers, Index(count))
  }

  /// `U`, the singular values and `Vᵀ`; false where the iteration did not end.
  ///
  /// All columns of `U` and rows of `Vᵀ` with `full`, else as many as singular values.
  func singularValues(
    _ a: UnsafeMutablePointer<Double>, rows: Int, columns: Int, full: Bool,
    s: UnsafeMutablePointer<Double>, u: UnsafeMutablePointer<Double>,
    vt: UnsafeMutablePointer<Double>
  ) -> Bool {
    let (m, n) = (Index(rows), Index(columns))
    let job = [CChar(full ? 65 : 83)]
    var info: Index = 0
    var integers = [Index](repeating: 0, count: 8 * max(min(rows, columns), 1))
    withWork { work, size, _, _ in
      dgesdd(
        job, [m], [n], a, [m], s, u, [m], vt, [full ? n : min(m, n)], work, [size], &integers,
        &info, 1)
    }
    return info == 0
  }

  /// The eigenvalues, rising, of a symmetric matrix that becomes its eigenvectors; false where the
  /// iteration did not end.
  func eigenvalues(
    _ a: UnsafeMutablePointer<Double>, size n: Int, values: UnsafeMutablePointer<Double>
  ) -> Bool {
    var info: Index = 0
    withWork { work, size, integers, count in
      dsyevd(
        [CChar(86)], [CChar(76)], [Index(n)], a, [Index(n)], values, work, [size], integers,
        [count], &info, 1, 1)
    }
    return info == 0
  }

  /// The triangular factor above and on the diagonal, and what makes the orthogonal one below it.
  func triangular(
    _ a: UnsafeMutablePointer<Double>, rows: Int, columns: Int, tau: UnsafeMutablePointer<Double>
  ) {
    var info: Index = 0
    withWork { work, size, _, _ in
      dgeqrf([Index(rows)], [Index(columns)], a, [Index(rows)], tau, work, [size], &info)
    }
  }

  /// The first columns of the orthogonal factor, from what ``triangular`` left of `reflectors`.
  func orthogonal(
    _ a: UnsafeMutablePointer<Double>, rows: Int, columns: Int, reflectors: Int,
    tau: UnsafeMutablePointer<Double>
  ) {
    var info: Index = 0
    withWork { work, size, _, _ in
      dorgqr(
        [Index(rows)], [Index(columns)], [Index(reflectors)], a, [Index(rows)], tau, work, [size],
        &info)
    }
  }

  /// The least-squares solutions of least length in place of `b`; nil where the iteration did not
  /// end.
  ///
  /// `b` has `max(rows, columns)` rows. Gives the rank, and the singular values in `s`.
  func leastSquares(
    _ a: UnsafeMutablePointer<Double>, rows: Int, columns: Int, b: UnsafeMutablePointer<Double>,
    right: Int, cutoff: Double, s: UnsafeMutablePointer<Double>
  ) -> Int? {
    var info: Index = 0
    var rank: Index = 0
    withWork { work, size, integers, _ in
      dgelsd(
        [Index(rows)], [Index(columns)], [Index(right)], a, [Index(max(rows, 1))], b,
        [Index(max(rows, columns, 1))], s, [cutoff], &rank, work, [size], integers, &info)
    }
    return info == 0 ? Int(rank) : nil
  }
}
