package io.espalier.djl.trace.session;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.espalier.djl.trace.blocks.BlockCalls;
import io.espalier.djl.trace.blocks.BlockTree;
import io.espalier.djl.trace.tape.Ops;
import io.espalier.djl.trace.tape.Tape;
import io.espalier.djl.trace.tape.UntracedRule;
import io.espalier.djl.trace.values.Buffers;
import io.espalier.djl.trace.values.Settings;
import io.espalier.djl.trace.values.Untraceable;
import io.espalier.djl.trace.values.Value;
import io.espalier.trace.TraceException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One run of a block on symbolic arrays. */
public final class Session {
  private final Methods methods;
  private final BlockTree tree;
  private final BlockCalls calls;
  private final Tape tape;
  private final Ops ops;
  private final SymbolicManager manager = new SymbolicManager(this);
  private final ParameterStore store;
  private final IdentityHashMap<NDArray, Parameter> arrays = new IdentityHashMap<>();
  private final @Nullable RealArrays real;
  private int enough = Integer.MAX_VALUE;

  public Session(Methods methods, BlockTree tree) {
    this(methods, tree, null);
  }

  /**
   * A run.
   *
   * @param methods what the methods of arrays do
   * @param real where to keep what is computed of real inputs; null for a run without any
   */
  public Session(Methods methods, BlockTree tree, @Nullable RealArrays real) {
    this.methods = methods;
    this.tree = tree;
    this.real = real;
    this.calls = new BlockCalls(tree, BlockRunner.class);
    this.tape = new Tape(calls);
    this.ops = new Ops(tape);
    this.store = new SymbolicStore(this);
    for (Parameter parameter : tree.parameters()) {
      if (parameter.isInitialized()) {
        arrays.put(parameter.getArray(), parameter);
      }
    }
  }

  public Tape tape() {
    return tape;
  }

  Ops ops() {
    return ops;
  }

  public BlockCalls calls() {
    return calls;
  }

  public NDManager manager() {
    return manager.proxy();
  }

  ParameterStore store() {
    return store;
  }

  /** Ends a run once so many steps were recorded; nothing is returned then. */
  public void stopBehind(int steps) {
    enough = steps;
  }

  /** Runs the block on inputs of these shapes. */
  public void run(Block block, List<Shape> shapes, List<DataType> types) {
    run(block, shapes, types, new NDList());
  }

  /** Runs the block on real inputs, too; they are not changed. */
  public void run(Block block, List<Shape> shapes, List<DataType> types, NDList data) {
    NDList inputs = new NDList();
    for (int i = 0; i < shapes.size(); i++) {
      Value input = tape.input(shapes.get(i), types.get(i));
      inputs.add(SymbolicArray.of(this, input));
      if (real != null) {
        real.put(input, data.get(i));
      }
    }
    try {
      NDList outputs = new BlockRunner(this).run(block, inputs);
      outputs.forEach(output -> tape.output(value(output)));
    } catch (Enough e) {
      // all that was asked for is known
    }
  }

  /** Whether everything could be traced. */
  public boolean isTraced() {
    return tape.steps().stream().noneMatch(step -> step.op().equals(UntracedRule.UNTRACED));
  }

  /** What an array stands for: a real one is a parameter, or a constant. */
  public Value value(NDArray array) {
    SymbolicArray symbolic = SymbolicArray.from(array);
    if (symbolic != null) {
      return symbolic.value();
    }
    Parameter parameter = arrays.get(array);
    return parameter == null ? tape.literal(Buffers.literal(array)) : tape.parameter(parameter);
  }

  NDArray parameter(Parameter parameter) {
    if (!parameter.isInitialized()) {
      throw new TraceException(
          "parameter \""
              + tree.name(parameter)
              + "\" of block "
              + tree.owner(parameter).map(owner -> owner.getClass().getName()).orElse("?")
              + " has no values yet; initialize the block, or load its parameters, first");
    }
    calls.touch(parameter);
    return SymbolicArray.of(this, tape.parameter(parameter));
  }

  /** Forgets what was recorded since. */
  void reset(Tape.Mark mark) {
    tape.reset(mark);
    if (real != null) {
      real.forget(mark.values());
    }
  }

  /** What a method of a symbolic array does. */
  @Nullable Object invoke(Invocation call) throws Throwable {
    if (real == null || !isComputing(call.method())) {
      return symbolic(call);
    }
    RealCall behind = new RealCall(call, real::get);
    Object result = symbolic(call);
    real.follow(behind, result);
    if (tape.steps().size() >= enough) {
      throw new Enough();
    }
    return result;
  }

  private static boolean isComputing(Method method) {
    return method.getReturnType() == NDArray.class || method.getReturnType() == NDList.class;
  }

  private @Nullable Object symbolic(Invocation call) throws Throwable {
    Function<Invocation, @Nullable Object> known = methods.find(call.name());
    if (known != null) {
      return known.apply(call);
    }
    if (call.method().isDefault()) {
      return defaultMethod(call.array().proxy(), call.method(), call.args());
    }
    return untraced(call);
  }

  static @Nullable Object defaultMethod(Object self, Method method, @Nullable Object[] args)
      throws Throwable {
    return InvocationHandler.invokeDefault(self, method, args);
  }

  /** A method that nothing is known of: a real run tells the shapes of what it computes. */
  private Object untraced(Invocation call) {
    String name = "NDArray." + call.name();
    List<Value> read = new ArrayList<>(List.of(call.self()));
    for (Object arg : call.args()) {
      if (arg instanceof NDArray array) {
        read.add(value(array));
      } else if (arg instanceof NDList list) {
        read.addAll(BlockRunner.values(this, list));
      }
    }
    RealRun.Outputs outputs = RealRun.of(call);
    List<Value> values = untraced(name, "no operator is known for " + name, read, outputs);
    return outputs.list() ? call.results(values) : call.result(values.get(0));
  }

  /** A block that cannot be traced: one operator that stands for all of it. */
  NDList leaf(Block block, List<Value> inputs, RuntimeException cause) {
    String name = block.getClass().getName();
    String reason =
        cause instanceof Untraceable
            ? cause.getMessage()
            : "does not run on symbolic arrays (" + cause + ")";
    RealRun.Outputs outputs = RealRun.of(block, inputs, cause);
    List<Value> read = new ArrayList<>(inputs);
    for (Parameter parameter : block.getParameters().values()) {
      if (parameter.isInitialized()) {
        read.add(tape.parameter(parameter));
      }
    }
    NDList list = new NDList();
    List<Value> values = untraced(name, "block " + name + " " + reason, read, outputs);
    values.forEach(value -> list.add(SymbolicArray.of(this, value)));
    if (real != null) {
      real.follow(block, inputs, values);
    }
    return list;
  }

  private List<Value> untraced(
      String name, String reason, List<Value> read, RealRun.Outputs outputs) {
    return tape.record(
        UntracedRule.UNTRACED,
        Settings.of("name", name).and("reason", reason),
        outputs.shapes(),
        outputs.types(),
        read.toArray(Value[]::new));
  }

  /** Ends a run before its end. An error, since what is no error might be caught by a block. */
  private static final class Enough extends Error {
    private static final long serialVersionUID = 1L;

    Enough() {
      super("the run has gone far enough", null, false, false);
    }
  }
}
