package io.espalier.djl.elastic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A parameter is one weight, however often its block runs and however it is read. */
class SharedWeightsTest {
  private static final int EXACT = 3;

  private final NDManager manager = NDManager.newBaseManager();

  @AfterEach
  void close() {
    manager.close();
  }

  /** Attention and a feed-forward layer, run three times over. */
  static final class ThreeRuns extends AbstractBlock {
    private final Linear stem = linear("stem", 24);
    private final Linear query = linear("query", 24);
    private final Linear key = linear("key", 24);
    private final Linear value = linear("value", 24);
    private final Linear out = linear("out", 24);
    private final Linear up = linear("up", 40);
    private final Linear down = linear("down", 24);
    private final Linear last = linear("last", 3);

    private Linear linear(String name, long units) {
      return addChildBlock(name, Linear.builder().setUnits(units).build());
    }

    private static NDArray run(Linear layer, ParameterStore store, NDArray x, boolean training) {
      return layer.forward(store, new NDList(x), training).singletonOrThrow();
    }

    private static NDArray heads(NDArray rows) {
      return rows.reshape(-1, 5, rows.getShape().get(2) / 6, 6).transpose(0, 2, 1, 3);
    }

    @Override
    protected NDList forwardInternal(
        ParameterStore store,
        NDList inputs,
        boolean training,
        @Nullable PairList<String, Object> parameters) {
      NDArray h = run(stem, store, inputs.get(0), training);
      for (int i = 0; i < 3; i++) {
        NDArray q = heads(run(query, store, h, training));
        NDArray k = heads(run(key, store, h, training));
        NDArray v = heads(run(value, store, h, training));
        NDArray read = q.matMul(k.transpose(0, 1, 3, 2)).softmax(-1).matMul(v);
        long width = 6 * read.getShape().get(1);
        h = h.add(run(out, store, read.transpose(0, 2, 1, 3).reshape(-1, 5, width), training));
        h = h.add(run(down, store, run(up, store, h, training).tanh(), training));
      }
      return new NDList(run(last, store, h, training));
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
      stem.initialize(manager, type, new Shape(1, 5, 10));
      for (Linear layer : List.of(query, key, value, out, up, last)) {
        layer.initialize(manager, type, new Shape(1, 5, 24));
      }
      down.initialize(manager, type, new Shape(1, 5, 40));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] shapes) {
      return new Shape[] {new Shape(shapes[0].get(0), 5, 3)};
    }
  }

  /** A convolution and a group norm that five levels share. */
  static final class FiveLevels extends AbstractBlock {
    private final List<Conv2d> levels = new ArrayList<>();
    private final List<Conv2d> outs = new ArrayList<>();
    private final Conv2d tower = conv("tower", 8);

    FiveLevels() {
      for (int i = 0; i < 5; i++) {
        levels.add(conv("level" + i, 8));
        outs.add(conv("out" + i, 2));
      }
    }

    private Conv2d conv(String name, int filters) {
      return addChildBlock(
          name, Conv2d.builder().setKernelShape(new Shape(1, 1)).setFilters(filters).build());
    }

    private static NDArray run(Block layer, ParameterStore store, NDArray x, boolean training) {
      return layer.forward(store, new NDList(x), training).singletonOrThrow();
    }

    @Override
    protected NDList forwardInternal(
        ParameterStore store,
        NDList inputs,
        boolean training,
        @Nullable PairList<String, Object> parameters) {
      NDList results = new NDList();
      for (int i = 0; i < 5; i++) {
        NDArray in = run(levels.get(i), store, inputs.get(0), training).tanh();
        NDArray groups = run(tower, store, in, training).reshape(-1, 4, 2 * 6 * 6);
        NDArray centred = groups.sub(groups.mean(new int[] {2}, true));
        NDArray deviation = centred.mul(centred).mean(new int[] {2}, true).add(0.1).sqrt();
        NDArray norm = centred.div(deviation).reshape(-1, 8, 6, 6).tanh();
        results.add(run(outs.get(i), store, norm, training));
      }
      return results;
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
      levels.forEach(level -> level.initialize(manager, type, new Shape(1, 3, 6, 6)));
      outs.forEach(out -> out.initialize(manager, type, new Shape(1, 8, 6, 6)));
      tower.initialize(manager, type, new Shape(1, 8, 6, 6));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] shapes) {
      Shape[] out = new Shape[5];
      java.util.Arrays.fill(out, new Shape(shapes[0].get(0), 2, 6, 6));
      return out;
    }
  }

  /** A table that turns ids into rows, and rows into scores of ids. */
  static final class Tied extends AbstractBlock {
    private final Parameter table =
        addParameter(
            Parameter.builder()
                .setName("table")
                .setType(Parameter.Type.WEIGHT)
                .optShape(new Shape(20, 12))
                .build());
    private final Linear up = addChildBlock("up", Linear.builder().setUnits(16).build());
    private final Linear down = addChildBlock("down", Linear.builder().setUnits(12).build());

    @Override
    protected NDList forwardInternal(
        ParameterStore store,
        NDList inputs,
        boolean training,
        @Nullable PairList<String, Object> parameters) {
      NDArray weight = store.getValue(table, inputs.get(0).getDevice(), training);
      NDArray rows =
          Embedding.embedding(inputs.get(0), weight, SparseFormat.DENSE).singletonOrThrow();
      NDArray inner = up.forward(store, new NDList(rows), training).singletonOrThrow().tanh();
      NDArray h = rows.add(down.forward(store, new NDList(inner), training).singletonOrThrow());
      return new NDList(h.matMul(weight.transpose()));
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
      up.initialize(manager, type, new Shape(1, 7, 12));
      down.initialize(manager, type, new Shape(1, 7, 16));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] shapes) {
      return new Shape[] {new Shape(shapes[0].get(0), 7, 20)};
    }
  }

  /**
   * What the carved blocks compute is what masks on the whole parameters leave; shifted masks
   * differ.
   */
  private SearchSpace check(DjlBlock source, NDArray input) {
    SearchSpace space = Blocks.spaces().generate(source, Rules.everything());
    DjlNetwork network = (DjlNetwork) space.model();
    assertEquals(held(network.block()), space.params(), "the original");
    int exact = 0;
    double largestControl = 0;
    for (int seed = 0; exact < EXACT && seed < 200; seed++) {
      space.select(space.draw(new Random(seed)));
      if (!space.manifest().normalised().isEmpty()) {
        continue;
      }
      exact++;
      Block carved = ((DjlNetwork) space.export()).block();
      assertEquals(held(carved), space.params(), () -> "at " + space.configurableConfig());
      NDList inputs = new NDList(input);
      NDList found = Subnets.infer(carved, new TypedStore(manager, DataType.FLOAT64), inputs);
      assertTrue(masked(space, 0, inputs, found) < 1e-9, () -> "at " + space.configurableConfig());
      largestControl = Math.max(largestControl, masked(space, 1, inputs, found));
    }
    assertEquals(EXACT, exact);
    assertTrue(largestControl > 1e-6, "a wrong mask passes too");
    return space;
  }

  private double masked(SearchSpace space, int shift, NDList inputs, NDList expected) {
    DjlNetwork network = (DjlNetwork) space.model();
    TypedStore store =
        new MaskingStore(network.traced(), space.cut(), shift, manager, DataType.FLOAT64);
    return Subnets.difference(expected, Subnets.infer(network.block(), store, inputs));
  }

  private static long held(Block block) {
    return block.getParameters().values().stream()
        .distinct()
        .mapToLong(parameter -> parameter.getArray().size())
        .sum();
  }

  private static long choices(SearchSpace space, String name) {
    return space.configurableHparams().keySet().stream()
        .filter(hparam -> hparam.endsWith(name))
        .count();
  }

  @Test
  void aLayerWithHeadsThatRunsThreeTimes() {
    DjlBlock source = Blocks.initialized(manager, new ThreeRuns(), new Shape(1, 5, 10));
    SearchSpace space = check(source, manager.randomNormal(new Shape(2, 5, 10)));

    assertEquals("[6, 12, 18, 24]", space.hparam("query.out_features").choices().toString());
    assertEquals(1, choices(space, "query.out_features"));
    assertEquals(0, choices(space, "query_3.out_features"), "is the same choice");
  }

  @Test
  void aHeadWithGroupNormsThatFiveLevelsShare() {
    DjlBlock source = Blocks.initialized(manager, new FiveLevels(), new Shape(1, 3, 6, 6));
    check(source, manager.randomNormal(new Shape(2, 3, 6, 6)));
  }

  @Test
  void aTableThatIsReadByRowsAndTransposed() {
    Block block = new Tied();
    block.initialize(manager, DataType.FLOAT32, new Shape(1, 7));
    DjlBlock source = DjlBlock.of(block, new Shape(1, 7)).types(DataType.INT64);
    check(
        source,
        manager.create(new long[] {1, 5, 19, 0, 7, 7, 3, 2, 9, 11, 4, 18, 6, 12}, new Shape(2, 7)));
  }
}
