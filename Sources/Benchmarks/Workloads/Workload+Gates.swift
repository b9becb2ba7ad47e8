import Autodiff

// W4: a small net, as tensors and as single gates.

extension Workload {
  static let networkOfGates: [Workload] = [
    Workload(
      key: "W4", title: "2-16-16-1 net, 100 points, as tensors", group: "W4", peerKey: "W4",
      excludedPeers: ["micrograd"],
      cell: """
        params = [W1, b1, W2, b2, W3, b3]

        def step():
            h1 = relu(X @ W1 + b1)
            h2 = relu(h1 @ W2 + b2)
            scores = (h2 @ W3 + b3)[:, 0]
            loss = mean(relu(1 - y * scores)) + 1e-4 * sum(sum(p * p) for p in params)
            backward(loss)
            return loss
        """,
      results: .tensors(["W1", "b1", "W2", "b2", "W3", "b3"].map { "\($0).grad" }),
      inputs: {
        let (points, labels) = Inputs.moons
        let names = ["W1", "b1", "W2", "b2", "W3", "b3"]
        return [.data("X", points), .data("y", labels)]
          + zip(names, Net.matrices(of: Inputs.netParameters)).map { .param($0, $1) }
      },
      must: .seconds(0.1e-3), aim: .seconds(0.04e-3)),
    Workload(
      key: "W4:gates", title: "the same as 65,719 scalar gates", group: "W4", peerKey: "W4",
      onlyPeers: ["micrograd"],
      cell: """
        class Neuron:
            def __init__(self, values, nonlinear):
                self.w = [param(v) for v in values[:-1]]
                self.b = param(values[-1])
                self.nonlinear = nonlinear

            def __call__(self, x):
                act = sum((wi * xi for wi, xi in zip(self.w, x)), self.b)
                return relu(act) if self.nonlinear else act

            def parameters(self):
                return self.w + [self.b]

        class Layer:
            def __init__(self, values, inputs, nonlinear):
                n = inputs + 1
                self.neurons = [Neuron(values[i:i + n], nonlinear)
                                for i in range(0, len(values), n)]

            def __call__(self, x):
                return [neuron(x) for neuron in self.neurons]

            def parameters(self):
                return [p for neuron in self.neurons for p in neuron.parameters()]

        class MLP:
            def __init__(self, values):
                self.layers = [Layer(values[:48], 2, True), Layer(values[48:320], 16, True),
                               Layer(values[320:], 16, False)]

            def __call__(self, x):
                for layer in self.layers:
                    x = layer(x)
                return x[0]

            def parameters(self):
                return [p for layer in self.layers for p in layer.parameters()]

        net = MLP(initial.tolist())
        points = X.tolist()
        labels = y.tolist()

        def step():
            scores = [net(point) for point in points]
            losses = [relu(1 - yi * score) for yi, score in zip(labels, scores)]
            loss = sum(losses) * (1 / len(losses)) + 1e-4 * sum(p * p for p in net.parameters())
            backward(loss)
            return loss
        """,
      results: .netGradients("[p.grad for p in net.parameters()]"),
      inputs: {
        let (points, labels) = Inputs.moons
        return [.data("X", points), .data("y", labels), .data("initial", Inputs.netParameters)]
      },
      must: .seconds(20e-3), aim: .seconds(5e-3)),
  ]
}
