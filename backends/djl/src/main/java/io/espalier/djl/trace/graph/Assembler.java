package io.espalier.djl.trace.graph;

import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.trace.blocks.BlockCall;
import io.espalier.djl.trace.blocks.BlockTree;
import io.espalier.djl.trace.blocks.CallPaths;
import io.espalier.djl.trace.session.Session;
import io.espalier.djl.trace.tape.Step;
import io.espalier.djl.trace.tape.Tape;
import io.espalier.djl.trace.values.Literal;
import io.espalier.djl.trace.values.Settings;
import io.espalier.djl.trace.values.Value;
import io.espalier.spi.OpId;
import io.espalier.trace.Dim;
import io.espalier.trace.TraceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Makes one graph of the runs of a block, which differ in the lengths of open dimensions. What is
 * the same in all of them is constant; a number that differs becomes arithmetic on the shapes of
 * the inputs.
 */
public final class Assembler {
  /** The set of ONNX operators that the graph speaks. */
  static final int OPSET = 17;

  private static final OpId RESHAPE = OpId.of("Reshape");

  private final DjlBlock source;
  private final BlockTree tree;
  private final List<Tape> runs;
  private final OpenSizes sizes;
  private final CallPaths paths;
  private final GraphWriter writer;
  private final SizeArithmetic arithmetic;
  private final Map<Integer, String> names = new HashMap<>();
  private final Map<Integer, String> outputNames = new HashMap<>();
  private final List<Integer> steps = new ArrayList<>();

  public Assembler(DjlBlock source, BlockTree tree, List<Session> sessions, OpenSizes sizes) {
    this.source = source;
    this.tree = tree;
    this.runs = sessions.stream().map(Session::tape).toList();
    this.sizes = sizes;
    BlockCall root = sessions.get(0).calls().root();
    this.paths = new CallPaths(tree, root);
    this.writer = new GraphWriter(paths, root);
    this.arithmetic = new SizeArithmetic(writer, source);
  }

  public AssembledGraph assemble() {
    checkAlike();
    Tape first = runs.get(0);
    for (Value input : first.inputs()) {
      DjlBlock.Input fed = source.inputs().get(names.size());
      List<Dim> dims = new ArrayList<>();
      for (int axis = 0; axis < fed.shape().dimension(); axis++) {
        dims.add(fed.isOpen(axis) ? Dim.open(fed.dims().get(axis)) : Dim.of(fed.shape().get(axis)));
      }
      names.put(input.index(), writer.input(fed.name(), dims, fed.type()));
    }
    nameOutputs(first.outputs());
    for (int step = 0; step < first.steps().size(); step++) {
      write(step);
    }
    for (int i = 0; i < first.outputs().size(); i++) {
      Value output = first.outputs().get(i);
      String name = outputName(i);
      if (!name.equals(outputNames.get(output.index()))) {
        writer.node(
            writer.root(),
            OpId.of("Identity"),
            OPSET,
            List.of(name(output, "")),
            List.of(name),
            Settings.NONE,
            Map.of(name, dims(output)),
            List.of(output.type()));
      }
      writer.output(name);
    }
    return writer.finish(steps);
  }

  private String outputName(int index) {
    return runs.get(0).outputs().size() == 1 ? "output" : "output_" + index;
  }

  /** What operators compute bears the name of an output at once. */
  private void nameOutputs(List<Value> outputs) {
    for (int i = 0; i < outputs.size(); i++) {
      if (outputs.get(i).source() instanceof Value.Computed) {
        outputNames.putIfAbsent(outputs.get(i).index(), outputName(i));
      }
      writer.reserve(outputName(i));
    }
  }

  private void checkAlike() {
    Tape first = runs.get(0);
    for (Tape other : runs) {
      int steps = Math.min(first.steps().size(), other.steps().size());
      for (int i = 0; i < steps; i++) {
        Step a = first.steps().get(i);
        Step b = other.steps().get(i);
        if (!a.op().equals(b.op())
            || !a.settings().equals(b.settings())
            || !indices(a).equals(indices(b))
            || a.outputs().size() != b.outputs().size()) {
          throw unlike(paths.path(a.call()) + ": " + describe(a) + " or " + describe(b));
        }
      }
      if (first.steps().size() != other.steps().size()
          || first.outputs().size() != other.outputs().size()) {
        throw unlike("it has " + first.steps().size() + " or " + other.steps().size() + " steps");
      }
    }
  }

  private static String describe(Step step) {
    return step.op() + " " + step.settings();
  }

  private static List<Integer> indices(Step step) {
    return step.inputs().stream().map(value -> value.map(Value::index).orElse(-1)).toList();
  }

  private TraceException unlike(String where) {
    return new TraceException(
        "block "
            + source.block().getClass().getName()
            + " does other things at other sizes of its inputs ("
            + where
            + "); give the exact shapes with DjlBlock.exactly, or change the block");
  }

  private void write(int index) {
    Step step = runs.get(0).steps().get(index);
    String node = writer.nodeName(step.call(), step.op());
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < step.inputs().size(); i++) {
      Optional<Value> value = step.inputs().get(i);
      if (value.isEmpty()) {
        inputs.add("");
      } else if (step.op().equals(RESHAPE) && i == 1) {
        inputs.add(reshapeTarget(index, node));
      } else {
        inputs.add(name(value.get(), node + "/" + i));
      }
    }
    List<String> outputs = new ArrayList<>();
    Map<String, List<Dim>> declared = new HashMap<>();
    for (int i = 0; i < step.outputs().size(); i++) {
      Value value = step.outputs().get(i);
      String name = outputNames.get(value.index());
      if (name == null) {
        name = writer.unique(step.outputs().size() == 1 ? node + ":out" : node + ":out" + i);
      }
      names.put(value.index(), name);
      outputs.add(name);
      declared.put(name, dims(value));
    }
    steps.add(writer.nodes());
    writer.named(
        node,
        step.call(),
        step.op(),
        step.op().domain().isEmpty() ? OPSET : 1,
        inputs,
        outputs,
        step.settings(),
        declared,
        step.outputs().stream().map(Value::type).toList());
  }

  private List<Dim> dims(Value value) {
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < value.rank(); axis++) {
      int at = axis;
      List<Long> lengths = runs.stream().map(run -> same(run, value).dim(at)).toList();
      dims.add(
          lengths.stream().distinct().count() == 1
              ? Dim.of(lengths.get(0))
              : Dim.open(sizes.name(lengths)));
    }
    return dims;
  }

  private static Value same(Tape run, Value value) {
    return run.values().get(value.index());
  }

  /** The name of the tensor that a value is, which is written if nobody has read it before. */
  private String name(Value value, String proposed) {
    String known = names.get(value.index());
    if (known == null) {
      known =
          value.source() instanceof Value.Stored stored
              ? parameter(stored.parameter())
              : literal(value, proposed);
      names.put(value.index(), known);
    }
    return known;
  }

  private String parameter(Parameter parameter) {
    String owner = tree.owner(parameter).map(block -> path(block)).orElse("");
    String name = (owner.isEmpty() ? "" : owner + ".") + tree.name(parameter);
    return writer.parameter(name, parameter);
  }

  private String path(ai.djl.nn.Block owner) {
    return tree.path(source.block(), owner).orElse("");
  }

  private String literal(Value value, String proposed) {
    List<Literal> found = new ArrayList<>();
    for (Tape run : runs) {
      if (!(same(run, value).source() instanceof Value.Given given)) {
        throw unlike("a constant at one size is none at another");
      }
      found.add(given.literal());
    }
    Literal first = found.get(0);
    if (found.stream().allMatch(first::isSame)) {
      return writer.literal(proposed, first);
    }
    return varying(found, proposed);
  }

  /** A constant that follows the lengths of open dimensions. */
  private String varying(List<Literal> found, String proposed) {
    Literal first = found.get(0);
    DataType type = first.type();
    boolean sameRank =
        found.stream()
            .allMatch(
                literal ->
                    literal.type() == type
                        && literal.shape().dimension() == first.shape().dimension());
    if (sameRank && found.stream().allMatch(Literal.Uniform.class::isInstance)) {
      double value = first.element(0);
      if (first.shape().isScalar()) {
        return arithmetic.scalar(formula(elements(found, 0)), type, proposed);
      } else if (found.stream().allMatch(literal -> literal.element(0) == value)) {
        List<List<Double>> dims =
            IntStream.range(0, first.shape().dimension())
                .mapToObj(
                    axis ->
                        found.stream().map(literal -> (double) literal.shape().get(axis)).toList())
                .toList();
        return arithmetic.filled(vector(dims), value, type, proposed);
      }
    } else if (sameRank && found.stream().allMatch(Literal.Steps.class::isInstance)) {
      Literal.Steps steps = (Literal.Steps) first;
      if (found.stream()
          .map(Literal.Steps.class::cast)
          .allMatch(other -> other.start() == steps.start() && other.step() == steps.step())) {
        List<Double> ends =
            found.stream()
                .map(other -> steps.start() + steps.step() * other.shape().get(0))
                .toList();
        return arithmetic.range(steps.start(), formula(ends), steps.step(), type, proposed);
      }
    } else if (sameRank
        && type == DataType.INT64
        && first.shape().dimension() == 1
        && found.stream().allMatch(literal -> literal.shape().equals(first.shape()))) {
      return arithmetic.vector(
          vector(
              IntStream.range(0, (int) first.shape().size())
                  .mapToObj(i -> elements(found, i))
                  .toList()),
          proposed);
    }
    throw unlike("the constant " + proposed + " follows the sizes in no simple way");
  }

  private static List<Double> elements(List<Literal> found, int index) {
    return found.stream().map(literal -> literal.element(index)).toList();
  }

  private List<SizeArithmetic.Entry> vector(List<List<Double>> entries) {
    return entries.stream().map(this::entry).toList();
  }

  private SizeArithmetic.Entry entry(List<Double> values) {
    return values.stream().distinct().count() == 1
        ? new SizeArithmetic.Entry(Optional.empty(), values.get(0).longValue())
        : new SizeArithmetic.Entry(Optional.of(formula(values)), 0);
  }

  private OpenSizes.Formula formula(List<Double> values) {
    return sizes
        .formula(values)
        .orElseThrow(
            () ->
                unlike(
                    "the number "
                        + values.get(0)
                        + " at one size, "
                        + values.get(1)
                        + " at another, follows from them in no simple way"));
  }

  /**
   * Entries that follow open dimensions are copied from the input, or left for ONNX to find out.
   */
  private String reshapeTarget(int index, String node) {
    int known = runs.get(0).steps().get(index).inputs().get(1).orElseThrow().index();
    List<Value> from = new ArrayList<>();
    List<Value> to = new ArrayList<>();
    List<Value> targets = new ArrayList<>();
    for (Tape run : runs) {
      from.add(run.steps().get(index).inputs().get(0).orElseThrow());
      to.add(run.steps().get(index).outputs().get(0));
      targets.add(run.values().get(known));
    }
    long[] target = new long[to.get(0).rank()];
    List<Integer> pending = new ArrayList<>();
    int free = -1;
    for (int i = 0; i < target.length; i++) {
      int at = i;
      List<Double> asked = targets.stream().map(value -> element(value, at)).toList();
      List<Double> lengths = to.stream().map(value -> (double) value.dim(at)).toList();
      boolean fixed = lengths.stream().distinct().count() == 1;
      if (asked.get(0) == -1) {
        free = i;
        target[i] = -1;
      } else if (fixed) {
        target[i] = to.get(0).dim(i);
      } else if (IntStream.range(0, from.size())
          .allMatch(
              run -> at < from.get(run).rank() && from.get(run).dim(at) == to.get(run).dim(at))) {
        target[i] = 0;
      } else {
        pending.add(i);
      }
    }
    if (!pending.isEmpty() && free >= 0) {
      int at = free;
      if (to.stream().map(value -> value.dim(at)).distinct().count() == 1) {
        target[free] = to.get(0).dim(free);
        free = -1;
      }
    }
    if (pending.size() == 1 && free < 0) {
      target[pending.remove(0)] = -1;
    }
    if (pending.isEmpty()) {
      return writer.literal(node + "/shape", Literal.integers(target));
    }
    List<SizeArithmetic.Entry> entries = new ArrayList<>();
    for (int i = 0; i < target.length; i++) {
      int at = i;
      entries.add(
          pending.contains(i)
              ? entry(to.stream().map(value -> (double) value.dim(at)).toList())
              : new SizeArithmetic.Entry(Optional.empty(), target[i]));
    }
    return arithmetic.vector(entries, node + "/shape");
  }

  private static double element(Value value, int index) {
    return ((Value.Given) value.source()).literal().element(index);
  }
}
