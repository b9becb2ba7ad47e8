/// The Python side of a run: it sits beside a copy of the peers' file and speaks lines of JSON.
enum PeerDriver {
  static let name = "driver.py"
  /// The name under which it imports the copy.
  static let copyName = "peers_bench.py"

  static let source = """
    import importlib.metadata, importlib.util, json, os, signal, subprocess, sys

    MODULES = {'torch_compile': 'torch', 'jax_eager': 'jax', 'jax_jit': 'jax',
               'tinygrad_jit': 'tinygrad'}

    def libraries(peers):
        for lib, workloads in peers.SUPPORT.items():
            module, version = MODULES.get(lib, lib), None
            found = importlib.util.find_spec(module) is not None
            try: version = module + ' ' + importlib.metadata.version(module)
            except importlib.metadata.PackageNotFoundError: pass
            print(json.dumps(dict(lib=lib, workloads=workloads, found=found, version=version)),
                  flush=True)

    def spiral(peers):
        X, y, P = peers.w9_data()
        for _ in range(100):
            loss, gradients = peers.np_net2(X, y, P, 0.5e-3)
            for p, g in zip(P, gradients): p -= g
        return peers.digest(loss, P)

    def references(peers, names):
        for name in names:
            try:
                digest = spiral(peers) if name == 'W9' else peers.ref(name.replace('f64', ''))
            except UnboundLocalError:  # the file has no reference for this one
                continue
            print(json.dumps({name: digest}), flush=True)

    def time(peers, lib, workload, threads, quick, seconds):
        command = [sys.executable, __file__, 'one', lib, workload, threads, quick]
        child = subprocess.Popen(command, env=peers.env_for(threads), stderr=subprocess.PIPE,
                                 start_new_session=True, text=True)
        error = None
        try:
            _, trouble = child.communicate(timeout=float(seconds))
            if child.returncode < 0:
                error = 'ended by signal %d' % -child.returncode
        except subprocess.TimeoutExpired:
            error = 'not done after %s s' % seconds
        finally:
            try: os.killpg(child.pid, signal.SIGKILL)  # its compiling helpers too
            except ProcessLookupError: pass
            child.wait()
        if error:
            print(json.dumps(dict(wl=workload, lib=lib, mode='-', error=error)), flush=True)

    def one(peers, lib, workload, threads, quick):
        bench = peers.bench
        if quick == '1':
            peers.bench = lambda call, **rest: bench(call, target=0.02, repeats=3, budget=1.0)
        peers.one(lib, workload, threads)

    if __name__ == '__main__':
        import peers_bench
        command, *rest = sys.argv[1:]
        if command == 'libraries': libraries(peers_bench)
        elif command == 'references': references(peers_bench, rest)
        elif command == 'time': time(peers_bench, *rest)
        else: one(peers_bench, *rest)
    """
}
