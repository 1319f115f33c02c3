package io.espalier.djl.elastic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Config;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.DjlNetwork;
import io.espalier.djl.carve.ParameterSlice;
import io.espalier.djl.carve.ParameterSlices;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Training passes of an elastic block against those of the block that is carved. */
class TrainingTest {
  private static final double TOLERANCE = 1e-5;

  private static final Map<String, Function<NDManager, DjlBlock>> NETWORKS = new LinkedHashMap<>();

  static {
    NETWORKS.put("Mlp", Blocks::mlp);
    NETWORKS.put("ResNetV1-20", manager -> Blocks.resNet(manager, 20, 28));
    NETWORKS.put("branches", TrainingTest::branches);
    NETWORKS.put("transformer encoder", Blocks::encoder);
    NETWORKS.put("LSTM classifier", Blocks::lstmClassifier);
  }

  /** A batch norm behind a concatenation, and a grouped convolution. */
  static DjlBlock branches(NDManager manager) {
    SequentialBlock block =
        new SequentialBlock()
            .add(
                new ParallelBlock(
                    lists ->
                        new NDList(
                            NDArrays.concat(
                                new NDList(lists.get(0).head(), lists.get(1).head()), 1)),
                    List.of(conv(8, 3, 1), conv(8, 5, 1))))
            .add(BatchNorm.builder().build())
            .add(Activation::relu)
            .add(conv(12, 1, 1))
            .add(BatchNorm.builder().build())
            .add(conv(12, 3, 4))
            .add(BatchNorm.builder().build())
            .add(Activation::relu)
            .add(Pool.globalAvgPool2dBlock())
            .add(Linear.builder().setUnits(4).build());
    return Blocks.initialized(manager, block, new Shape(1, 3, 9, 9));
  }

  static Block conv(int filters, int kernel, int groups) {
    return Conv2d.builder()
        .setFilters(filters)
        .setKernelShape(new Shape(kernel, kernel))
        .optPadding(new Shape(kernel / 2, kernel / 2))
        .optGroups(groups)
        .build();
  }

  @TestFactory
  Stream<DynamicTest> gradientsAndStatisticsReachTheWholeParameters() {
    return NETWORKS.entrySet().stream()
        .flatMap(
            network ->
                Stream.of(false, true)
                    .map(
                        sorted ->
                            DynamicTest.dynamicTest(
                                network.getKey() + (sorted ? ", sorted" : ""),
                                () -> check(network.getValue(), sorted))));
  }

  private static void check(Function<NDManager, DjlBlock> make, boolean sorted) {
    try (NDManager manager = NDManager.newBaseManager()) {
      // else weights depend on what ran before
      manager.getEngine().setRandomSeed(1);
      DjlBlock source = make.apply(manager);
      SearchSpace space = Blocks.spaces().generate(source, Rules.everything());
      if (sorted) {
        space.sortParameters();
      }
      ElasticBlock elastic = ElasticBlock.of(space);
      NDList inputs = Blocks.feed(manager, source, 4);
      for (Config config : Subnets.of(space, 3)) {
        elastic.select(config);
        DjlNetwork carved = (DjlNetwork) space.export();
        ParameterSlices slices = ((DjlNetwork) space.model()).network().cut(space.cut()).slices();
        Map<Parameter, Parameter> pairs = pairs(source.block(), carved.block());
        Map<Parameter, float[]> before = new LinkedHashMap<>();
        source
            .block()
            .getParameters()
            .values()
            .forEach(whole -> before.put(whole, whole.getArray().toFloatArray()));
        NDList expected = pass(carved.block(), manager, inputs);
        NDList found = pass(elastic, manager, inputs);
        assertTrue(Subnets.difference(expected, found) <= TOLERANCE);
        for (Parameter whole : source.block().getParameters().values()) {
          Parameter part = pairs.get(whole);
          if (part == null && whole.requiresGradient()) {
            // of a block that was taken out
            assertEquals(0, whole.getArray().getGradient().abs().max().getFloat());
          } else if (part != null && whole.requiresGradient()) {
            compare(whole, part, slices, manager);
          } else if (part != null) {
            compareStatistics(whole, part, slices, values(before, whole), manager);
          }
        }
        zero(source.block());
      }
    }
  }

  /** The parameters of a carved block by those they were cut from; they have the same names. */
  private static Map<Parameter, Parameter> pairs(Block whole, Block carved) {
    Map<Parameter, Parameter> pairs = new LinkedHashMap<>();
    whole
        .getParameters()
        .forEach(
            pair -> {
              Parameter part = carved.getParameters().get(pair.getKey());
              if (part != null) {
                pairs.put(pair.getValue(), part);
              }
            });
    return pairs;
  }

  private static NDList pass(Block block, NDManager manager, NDList inputs) {
    manager.getEngine().setRandomSeed(7);
    try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
      NDList outputs = block.forward(new ParameterStore(manager, false), new NDList(inputs), true);
      collector.backward(outputs.head().mul(outputs.head()).sum());
      return outputs;
    }
  }

  private static void zero(Block block) {
    block.getParameters().values().stream()
        .filter(Parameter::requiresGradient)
        .forEach(
            parameter -> {
              NDArray gradient = parameter.getArray().getGradient();
              gradient.subi(gradient.duplicate());
            });
  }

  private static void compare(
      Parameter whole, Parameter part, ParameterSlices slices, NDManager manager) {
    NDArray found = whole.getArray().getGradient();
    NDArray expected = part.getArray().getGradient();
    ParameterSlice slice = slices.find(whole).orElse(null);
    NDArray kept = slice == null ? found : slice.of(found, manager);
    assertEquals(expected.getShape(), kept.getShape());
    double scale = Math.max(1e-3, found.abs().max().getFloat());
    assertTrue(expected.sub(kept).abs().max().getFloat() <= TOLERANCE * scale, whole.getName());
    double all = found.abs().sum().getFloat();
    assertEquals(expected.abs().sum().getFloat(), all, 1e-4 * Math.max(all, 1));
  }

  private static void compareStatistics(
      Parameter whole, Parameter part, ParameterSlices slices, float[] before, NDManager manager) {
    NDArray found = whole.getArray();
    ParameterSlice slice = slices.find(whole).orElse(null);
    NDArray kept = slice == null ? found : slice.of(found, manager);
    assertTrue(Subnets.difference(part.getArray(), kept) <= TOLERANCE, whole.getName());
    if (slice != null) {
      // what is not kept is what it was
      NDArray old = manager.create(before);
      slice.write(slice.of(found, manager), old);
      assertArrayEquals(found.toFloatArray(), old.toFloatArray());
    }
  }

  @Test
  void aConcatenationKeepsUnitsOfBothBranches() {
    try (NDManager manager = NDManager.newBaseManager()) {
      DjlBlock source = branches(manager);
      SearchSpace space = Blocks.spaces().generate(source, Rules.everything());
      ElasticBlock elastic = ElasticBlock.of(space);
      List<String> moved = new ArrayList<>();
      for (Config config : Subnets.of(space, 5)) {
        elastic.select(config);
        Parameter mean = source.block().getParameters().get("02BatchNorm_runningMean");
        float[] before = mean.getArray().toFloatArray();
        pass(elastic, manager, Blocks.feed(manager, source, 4));
        float[] after = mean.getArray().toFloatArray();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < after.length; i++) {
          text.append(after[i] == before[i] ? '.' : 'x');
        }
        moved.add(text.toString());
        int[] widths = {
          values(config.choices(), "parallel.conv2d_1.out_channels").number(),
          values(config.choices(), "parallel.conv2d_2.out_channels").number()
        };
        assertEquals(run(widths[0]) + run(widths[1]), text.toString());
      }
      assertTrue(moved.stream().distinct().count() > 3);
    }
  }

  private static <K, V> V values(Map<K, V> map, K key) {
    return Objects.requireNonNull(map.get(key), () -> key + " of " + map.keySet());
  }

  private static String run(int kept) {
    return "x".repeat(kept) + ".".repeat(8 - kept);
  }
}
