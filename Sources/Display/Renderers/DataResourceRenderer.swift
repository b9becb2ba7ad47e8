import Autodiff
import JSON

/// Writes a table as a Frictionless tabular data resource: what programs read.
///
/// Numbers are written to their last digit; non-finite ones are the strings `NaN`, `INF`, `-INF`.
/// A tensor is a number or nested arrays up to ``DataResource/entryLimit`` entries; a larger one is
/// null, and a field beside it, `value_summary` or `gradient_summary`, holds count, min, max, mean
/// and norm of its finite entries with the counts of the others.
struct DataResourceRenderer: Renderer {
  let mimeType = "application/vnd.dataresource+json"

  func render(_ document: Document) -> JSON? {
    guard let resource = document.table?.resource else { return nil }
    var schema: JSON.Object = [
      "fields": .array(
        resource.fields.map {
          .object(["name": .string($0.name), "type": .string($0.type.rawValue)])
        }
      )
    ]
    if !resource.primaryKey.isEmpty {
      schema["primaryKey"] = .array(resource.primaryKey.map { .string($0) })
    }
    let data = resource.rows.map { row in
      JSON.object(JSON.Object(zip(resource.fields.map(\.name), row.map(json))))
    }
    return [
      "profile": "tabular-data-resource", "name": .string(resource.name),
      "schema": .object(schema), "data": .array(data),
    ]
  }

  private func json(_ datum: DataResource.Datum) -> JSON {
    switch datum {
    case .null: .null
    case .string(let text): .string(text)
    case .number(let number): .number(number)
    case .integer(let number): .number(number)
    case .bool(let truth): .bool(truth)
    case .shape(let shape): .array(shape.dimensions.map { .number($0) })
    case .indices(let indices): .array(indices.map { .number($0) })
    case .tensor(let tensor): DataResource.isSummarised(tensor) ? .null : nested(tensor)
    case .summary(let tensor): DataResource.isSummarised(tensor) ? summary(tensor) : .null
    }
  }

  /// The entries as a number or as arrays in arrays, masks as truth values.
  private func nested(_ tensor: Tensor) -> JSON {
    var level: [JSON] = tensor.values.map { tensor.isMask ? .bool($0 != 0) : .number($0) }
    for axis in stride(from: tensor.shape.rank - 1, through: 0, by: -1) {
      let length = tensor.shape[axis]
      let groups = tensor.shape.dimensions[..<axis].reduce(1, *)
      level = (0..<groups).map { .array(Array(level[($0 * length)..<(($0 + 1) * length)])) }
    }
    return level.first ?? .array([])
  }

  private func summary(_ tensor: Tensor) -> JSON {
    let summary = TensorSummary(tensor)
    return [
      "count": .number(summary.count), "min": .number(summary.minimum),
      "max": .number(summary.maximum), "mean": .number(summary.mean),
      "norm": .number(summary.norm), "nan": .number(summary.nanCount),
      "inf": .number(summary.infiniteCount),
    ]
  }
}

extension DataResource {
  /// The most entries of a tensor that are written one by one.
  public static let entryLimit = 1024

  static func isSummarised(_ tensor: Tensor) -> Bool { tensor.count > entryLimit }
}
