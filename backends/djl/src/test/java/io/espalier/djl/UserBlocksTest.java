package io.espalier.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.djl.trace.TracedBlock;
import io.espalier.spi.EspalierException;
import io.espalier.trace.GraphNode;
import io.espalier.trace.TraceException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Blocks as people write them. */
class UserBlocksTest {
  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** A block made of others, which are passed what the subclass says. */
  private abstract static class Composite extends AbstractBlock {
    @Override
    protected final NDList forwardInternal(
        ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
      return run(store, inputs, training);
    }

    abstract NDList run(ParameterStore store, NDList inputs, boolean training);

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
      return inputShapes;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
      getChildren().values().forEach(child -> child.initialize(manager, type, shapes));
    }

    static NDArray call(Block block, ParameterStore store, NDArray x, boolean training) {
      return block.forward(store, new NDList(x), training).singletonOrThrow();
    }
  }

  private static Linear linear(int units) {
    return Linear.builder().setUnits(units).build();
  }

  private static Conv2d conv(int filters) {
    return Conv2d.builder()
        .setKernelShape(new Shape(3, 3))
        .optPadding(new Shape(1, 1))
        .setFilters(filters)
        .build();
  }

  private SearchSpace space(Block block, Shape... shapes) {
    return Blocks.spaces().generate(Blocks.initialized(manager, block, shapes), Rules.everything());
  }

  private static Set<String> widths(SearchSpace space) {
    Set<String> names = new TreeSet<>(space.configurableHparams().keySet());
    names.removeIf(name -> name.endsWith("kernel_size"));
    return names;
  }

  private static TracedBlock traced(SearchSpace space) {
    return ((DjlNetwork) space.model()).traced();
  }

  private static String layout(SearchSpace space, String node, int axis) {
    TracedBlock traced = traced(space);
    for (GraphNode found : traced.graph().nodes()) {
      if (found.name().equals(node)) {
        return Objects.requireNonNull(space.map().orElseThrow().tensor(found.outputs().get(0)))
            .get(axis)
            .toString();
      }
    }
    throw new AssertionError(
        "no node is called "
            + node
            + ": "
            + traced.graph().nodes().stream().map(GraphNode::name).toList());
  }

  @Test
  void aLambdaInTheMiddleIsFollowed() {
    SequentialBlock block =
        new SequentialBlock()
            .add(linear(12))
            .addSingleton(
                x -> x.reshape(x.size(0), 3, x.size(1) / 3).mul(2).softmax(1).reshape(x.getShape()))
            .add(linear(5));
    SearchSpace space = space(block, new Shape(1, 8));
    assertEquals(Set.of("linear_1.out_features"), widths(space));
    assertEquals(List.of(1L, 2L, 3L, 4L), elements(space, "linear_1.out_features", 3));
  }

  /** The choices of a width, in units of so many elements. */
  private static List<Long> elements(SearchSpace space, String name, long unit) {
    return space.hparam(name).choices().stream()
        .map(choice -> Long.parseLong(choice.toString()) / unit)
        .toList();
  }

  @Test
  void whatAParallelBlockJoinsStaysApart() {
    SequentialBlock block =
        new SequentialBlock()
            .add(
                new ParallelBlock(
                    lists -> new NDList(lists.get(0).head().concat(lists.get(1).head(), 1)),
                    List.of(conv(4), conv(6))))
            .add(conv(2));
    SearchSpace space = space(block, new Shape(1, 3, 8, 8));
    assertEquals(
        Set.of("parallel.conv2d_1.out_channels", "parallel.conv2d_2.out_channels"), widths(space));
    assertTrue(layout(space, "/parallel/Concat", 1).matches("\\[.*\\(4\\) \\| .*\\(6\\)\\]"));
  }

  /** Its first layer is no registered child, and its activations have no parameters. */
  private static final class Hidden extends Composite {
    private final Linear first = linear(16);
    private final List<Block> rest;

    Hidden() {
      rest = List.of(addChildBlock("second", linear(16)), addChildBlock("third", linear(4)));
    }

    @Override
    NDList run(ParameterStore store, NDList inputs, boolean training) {
      NDArray x = Activation.relu(call(first, store, inputs.head(), training));
      for (Block block : rest) {
        x = Activation.relu(call(block, store, x, training));
      }
      return new NDList(x);
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
      first.initialize(manager, type, shapes);
      rest.forEach(block -> block.initialize(manager, type, new Shape(1, 16)));
    }
  }

  @Test
  void aBlockThatOnlyStandsInAFieldIsFound() {
    SearchSpace space = space(new Hidden(), new Shape(1, 8));
    assertEquals(Set.of("first.out_features", "second.out_features"), widths(space));
    assertEquals("third", traced(space).path(lastLinear(space)));
  }

  private static int lastLinear(SearchSpace space) {
    int last = -1;
    for (GraphNode node : traced(space).graph().nodes()) {
      last = node.op().name().equals("Gemm") ? node.index() : last;
    }
    return last;
  }

  /** A block of an inner class holds the one around it, as it does where a field says so. */
  private static final class Around extends Composite {
    private final Linear head = addChildBlock("head", linear(3));
    private final Inner inner = addChildBlock("inner", new Inner());

    private final class Inner extends Composite {
      private final Around around = Around.this;
      private final Linear body = addChildBlock("body", linear(6));

      @Override
      NDList run(ParameterStore store, NDList inputs, boolean training) {
        return new NDList(call(body, store, inputs.head(), training));
      }
    }

    @Override
    NDList run(ParameterStore store, NDList inputs, boolean training) {
      NDArray x = inner.around.inner.forward(store, inputs, training).head();
      return new NDList(call(head, store, x, training));
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
      inner.initialize(manager, type, shapes);
      head.initialize(manager, type, new Shape(1, 6));
    }
  }

  @Test
  void aBlockMayHoldTheOneAroundIt() {
    assertEquals(Set.of("inner.body.out_features"), widths(space(new Around(), new Shape(1, 5))));
  }

  /** Two inputs meet in a sum. */
  private static final class TwoInputs extends Composite {
    private final Linear left = addChildBlock("left", linear(10));
    private final Linear right = addChildBlock("right", linear(10));
    private final Linear head = addChildBlock("head", linear(2));

    @Override
    NDList run(ParameterStore store, NDList inputs, boolean training) {
      NDArray sum =
          call(left, store, inputs.get(0), training)
              .add(call(right, store, inputs.get(1), training));
      return new NDList(call(head, store, sum, training));
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
      left.initialize(manager, type, shapes[0]);
      right.initialize(manager, type, shapes[1]);
      head.initialize(manager, type, new Shape(1, 10));
    }
  }

  @Test
  void severalInputsMeet() {
    SearchSpace space = space(new TwoInputs(), new Shape(1, 6), new Shape(1, 7));
    assertEquals(Set.of("left.out_features"), widths(space));
    assertEquals(2, traced(space).graph().inputs().size());
  }

  /** One block that is called twice. */
  private static final class Siamese extends Composite {
    private final Linear encode = addChildBlock("encode", linear(10));
    private final BatchNorm norm = addChildBlock("norm", BatchNorm.builder().build());

    @Override
    NDList run(ParameterStore store, NDList inputs, boolean training) {
      NDArray a = call(norm, store, call(encode, store, inputs.get(0), training), training);
      NDArray b = call(norm, store, call(encode, store, inputs.get(1), training), training);
      return new NDList(a.matMul(b.transpose()));
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
      encode.initialize(manager, type, shapes[0]);
      norm.initialize(manager, type, new Shape(1, 10));
    }
  }

  @Test
  void aBlockThatIsCalledTwiceHasOneWidth() {
    DjlBlock block = Blocks.initialized(manager, new Siamese(), new Shape(2, 6), new Shape(2, 6));
    SearchSpace space =
        Blocks.spaces()
            .generate(
                DjlBlock.exactly(block.block(), new Shape(2, 6), new Shape(2, 6)),
                Rules.everything());
    assertEquals(Set.of("encode.out_features"), widths(space));
    assertTrue(space.namedHparams().containsKey("encode_2.out_features"));
  }

  /** A stage of residual blocks that another block calls. */
  private static final class Stage extends Composite {
    private final Conv2d stem = addChildBlock("stem", conv(8));
    private final SequentialBlock body = addChildBlock("body", new SequentialBlock());
    private final Conv2d head = addChildBlock("head", conv(2));

    Stage() {
      for (int i = 0; i < 3; i++) {
        body.add(
            new ParallelBlock(
                lists -> new NDList(lists.get(0).head().add(lists.get(1).head())),
                List.of(
                    new SequentialBlock().add(Activation.reluBlock()).add(conv(8)),
                    ai.djl.nn.Blocks.identityBlock())));
      }
    }

    @Override
    NDList run(ParameterStore store, NDList inputs, boolean training) {
      NDArray x = call(stem, store, inputs.head(), training);
      return new NDList(call(head, store, call(body, store, x, training), training));
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
      stem.initialize(manager, type, shapes);
      body.initialize(manager, type, new Shape(1, 8, 6, 6));
      head.initialize(manager, type, new Shape(1, 8, 6, 6));
    }
  }

  @Test
  void theDepthOfASequentialBlockInsideAnotherIsElastic() {
    SearchSpace space = space(new Stage(), new Shape(1, 3, 6, 6));
    assertEquals(Set.of("body.depth", "stem.out_channels"), widths(space));
    assertEquals(4, space.hparam("body.depth").choices().size());
  }

  private static void assertSays(String text, Throwable refusal) {
    assertTrue(String.valueOf(refusal.getMessage()).contains(text), refusal.toString());
  }

  private SearchSpace between(Function<NDArray, NDArray> function) {
    return space(
        new SequentialBlock()
            .add(linear(6))
            .add(linear(8))
            .addSingleton(function, "strange")
            .add(linear(7))
            .add(linear(3)),
        new Shape(1, 5));
  }

  private static void assertFrozen(SearchSpace space, String reason) {
    assertEquals(Set.of("linear_1.out_features", "linear_4.out_features"), widths(space));
    assertEquals(1, traced(space).untraced().size());
    String text = space.frozen().toString();
    assertTrue(text.contains(reason), text);
  }

  @Test
  void anOperationWithoutAnOperatorFreezesWhatItTouches() {
    assertFrozen(between(x -> x.sort(1)), "no operator is known for NDArray.sort");
  }

  @Test
  void aBlockThatReadsDataIsALeaf() {
    assertFrozen(
        between(x -> x.mul(x.toFloatArray()[0])), "reads the elements of an array (toByteBuffer)");
  }

  @Test
  void aBlockThatWritesThroughAViewIsALeaf() {
    assertFrozen(
        between(
            x -> {
              NDArray copy = x.mul(1);
              copy.get(":, 0:2").addi(1);
              return copy;
            }),
        "shares its memory");
  }

  @Test
  void aBlockThatHandsArraysToTheEngineIsALeaf() {
    NDArray weights = manager.ones(new Shape(8));
    assertFrozen(between(x -> weights.mul(x)), "strange");
  }

  @Test
  void aConstantThatABlockHoldsIsNoParameter() {
    NDArray weights = manager.arange(8f);
    SearchSpace space = between(x -> x.mul(weights));
    // a smaller block would hold all of it still
    assertEquals(Set.of("linear_1.out_features", "linear_4.out_features"), widths(space));
    assertTrue(space.frozen().toString().contains("LambdaBlock"), space.frozen().toString());
  }

  @Test
  void aBlockThatCannotBeTracedAtAllIsFrozenAsAWhole() {
    SearchSpace space =
        space(
            new Composite() {
              private final Linear inside = addChildBlock("inside", linear(4));

              @Override
              NDList run(ParameterStore store, NDList inputs, boolean training) {
                NDArray x = call(inside, store, inputs.head(), training);
                return new NDList(x.getFloat(0, 0) > 0 ? x : x.neg());
              }
            },
            new Shape(1, 5));
    assertEquals(Set.of(), widths(space));
    assertEquals(24, space.params());
  }

  @Test
  void shapesThatDependOnTheDataAreRefused() {
    TraceException refusal =
        assertThrows(
            TraceException.class, () -> between(x -> x.nonzero().toType(DataType.FLOAT32, false)));
    assertSays("depend on the data", refusal);
  }

  @Test
  void doingOtherThingsAtOtherBatchSizesIsRefused() {
    TraceException refusal =
        assertThrows(TraceException.class, () -> between(x -> x.size(0) > 2 ? x.neg() : x));
    assertSays("DjlBlock.exactly", refusal);
  }

  @Test
  void aLimitOnTheBatchIsNoticed() {
    TraceException refusal =
        assertThrows(
            TraceException.class,
            () -> between(x -> x.mul((int) Math.ceil((double) x.size(0) / 128))));
    assertSays("DjlBlock.exactly", refusal);
  }

  @Test
  void aChangeInPlaceBehindDropoutIsNoticed() {
    assertFrozen(
        between(
            x -> {
              Dropout.dropout(x, 0.5f, false).head().addi(1);
              return x;
            }),
        "shares its memory");
  }

  @Test
  void inputsThatDoNotFitAreRefused() {
    Block block = linear(3);
    block.initialize(manager, DataType.FLOAT32, new Shape(1, 5));
    TraceException refusal =
        assertThrows(
            TraceException.class,
            () ->
                Blocks.spaces().generate(DjlBlock.of(block, new Shape(1, 6)), Rules.everything()));
    assertSays("(3, 5)", refusal);
  }

  @Test
  void aBlockWithoutValuesIsRefused() {
    EspalierException refusal = assertThrows(EspalierException.class, () -> DjlBlock.of(linear(3)));
    assertSays("initialize", refusal);
    TraceException other =
        assertThrows(
            TraceException.class,
            () ->
                Blocks.spaces()
                    .generate(DjlBlock.of(linear(3), new Shape(1, 5)), Rules.everything()));
    assertSays("\"weight\"", other);
  }
}
