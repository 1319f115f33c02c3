package io.espalier.djl.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.trace.blocks.BlockTree;
import io.espalier.djl.trace.methods.KnownMethods;
import io.espalier.djl.trace.session.RealArrays;
import io.espalier.djl.trace.session.Session;
import io.espalier.djl.trace.tape.Step;
import io.espalier.djl.trace.values.Untraceable;
import io.espalier.djl.trace.values.Value;
import io.espalier.trace.GraphNode;
import io.espalier.trace.TraceException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs a traced block on data, as at inference, and shows what its operators read. Every operator
 * runs as the block itself runs it; what it gives is the same.
 */
public final class ObservedRun {
  /** Is shown what operators read. */
  @FunctionalInterface
  public interface Observer {
    /**
     * Is shown an array that an operator reads: an input of the block, or what was computed of it.
     *
     * @param node the operator
     * @param input by which of its inputs
     * @param array the array; it must be neither changed nor kept
     */
    void read(GraphNode node, int input, NDArray array);
  }

  private final TracedBlock traced;
  private final Block block;

  private ObservedRun(TracedBlock traced) {
    this.traced = traced;
    this.block = traced.source().block();
  }

  /**
   * Runs a block.
   *
   * @param data its inputs, in order; they are not changed
   * @throws TraceException if the block does not run on them, or does other things than it did when
   *     it was traced
   */
  public static void of(TracedBlock traced, NDList data, Observer observer) {
    ObservedRun run = new ObservedRun(traced);
    run.checkCount(data);
    try (NDManager manager = data.head().getManager().newSubManager()) {
      run.observe(data, new RealArrays(manager), observer);
    }
  }

  /**
   * Runs a block, and gives what was computed.
   *
   * @param data its inputs, in order; they are not changed
   * @param wanted numbers of tensors in the graph; the run ends where all of them are known
   * @param manager what is computed belongs to it
   * @return by the number of the tensor in the graph; what lies inside a method of an array is
   *     missing
   * @throws TraceException if the block does not run on them, or does other things than it did when
   *     it was traced
   */
  public static Map<Integer, NDArray> tensors(
      TracedBlock traced, NDList data, Set<Integer> wanted, NDManager manager) {
    ObservedRun run = new ObservedRun(traced);
    run.checkCount(data);
    RealArrays arrays = new RealArrays(manager);
    Map<Integer, NDArray> tensors = new HashMap<>();
    List<Integer> inputs = traced.graph().inputs();
    for (int i = 0; i < inputs.size(); i++) {
      tensors.put(inputs.get(i), data.get(i));
    }
    List<Step> steps = run.run(data, arrays, run.last(wanted));
    for (int i = 0; i < steps.size(); i++) {
      List<Integer> outputs = traced.graph().nodes().get(traced.steps().get(i)).outputs();
      for (int j = 0; j < outputs.size(); j++) {
        int tensor = outputs.get(j);
        if (tensor >= 0) {
          arrays.find(steps.get(i).outputs().get(j)).ifPresent(a -> tensors.put(tensor, a));
        }
      }
    }
    return tensors;
  }

  private void checkCount(NDList data) {
    List<DjlBlock.Input> expected = traced.source().inputs();
    if (data.size() != expected.size()) {
      throw new TraceException(
          name()
              + " was traced with "
              + expected.size()
              + " inputs, and is fed "
              + data.size()
              + " arrays; give one for each of "
              + expected.stream().map(DjlBlock.Input::name).toList());
    }
  }

  /** The step behind which all of some tensors are known, as a number of steps. */
  private int last(Set<Integer> wanted) {
    int last = 0;
    for (int i = 0; i < traced.steps().size(); i++) {
      GraphNode node = traced.graph().nodes().get(traced.steps().get(i));
      if (node.outputs().stream().anyMatch(wanted::contains)) {
        last = i + 1;
      }
    }
    return last;
  }

  /**
   * Records a run.
   *
   * @param enough how many steps are enough
   */
  private List<Step> run(NDList data, RealArrays arrays, int enough) {
    Session session = new Session(KnownMethods.all(), new BlockTree(block), arrays);
    session.stopBehind(enough);
    List<Shape> shapes = data.stream().map(NDArray::getShape).toList();
    List<DataType> types = data.stream().map(NDArray::getDataType).toList();
    try {
      session.run(block, shapes, types, data);
    } catch (Untraceable | TraceException | IllegalStateException e) {
      throw new TraceException(
          name() + " does not run on data of shape " + shapes + ": " + e.getMessage(), e);
    }
    List<Step> steps = session.tape().steps();
    checkAlike(steps, shapes, enough);
    return steps;
  }

  private void observe(NDList data, RealArrays arrays, Observer observer) {
    List<Step> steps = run(data, arrays, Integer.MAX_VALUE);
    for (int i = 0; i < steps.size(); i++) {
      GraphNode node = traced.graph().nodes().get(traced.steps().get(i));
      for (int input = 0; input < steps.get(i).inputs().size(); input++) {
        int at = input;
        steps
            .get(i)
            .inputs()
            .get(input)
            .filter(value -> isData(value.source()))
            .flatMap(arrays::find)
            .ifPresent(array -> observer.read(node, at, array));
      }
    }
  }

  private static boolean isData(Value.Source source) {
    return source instanceof Value.Fed || source instanceof Value.Computed;
  }

  private void checkAlike(List<Step> steps, List<Shape> shapes, int enough) {
    boolean alike =
        steps.size() <= traced.steps().size()
            && steps.size() >= Math.min(enough, traced.steps().size());
    for (int i = 0; alike && i < steps.size(); i++) {
      GraphNode node = traced.graph().nodes().get(traced.steps().get(i));
      alike = node.op().equals(steps.get(i).op());
    }
    if (!alike) {
      throw new TraceException(
          name()
              + " does other things on data of shape "
              + shapes
              + " than it did when it was traced; give data of the shape it was traced with");
    }
  }

  private String name() {
    return "block " + block.getClass().getName();
  }
}
