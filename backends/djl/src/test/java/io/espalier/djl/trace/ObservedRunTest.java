package io.espalier.djl.trace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.espalier.djl.ArrayCases;
import io.espalier.djl.Blocks;
import io.espalier.djl.DjlBlock;
import io.espalier.djl.LayerCases;
import io.espalier.djl.trace.blocks.BlockTree;
import io.espalier.djl.trace.methods.KnownMethods;
import io.espalier.djl.trace.session.RealArrays;
import io.espalier.djl.trace.session.Session;
import io.espalier.trace.GraphNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** A run that is observed computes what the block computes, element by element. */
class ObservedRunTest {
  private static final int BATCH = 3;

  private static Map<String, Function<NDManager, DjlBlock>> cases() {
    Map<String, Function<NDManager, DjlBlock>> cases = new LinkedHashMap<>(LayerCases.all());
    ArrayCases.all()
        .forEach((name, function) -> cases.put(name, m -> ArrayCases.block(m, function)));
    cases.put("LeNet", Blocks::leNet);
    cases.put("ResNetV1-18", manager -> Blocks.resNet(manager, 18, 64));
    cases.put("SqueezeNet", Blocks::squeezeNet);
    cases.put("transformer encoder", Blocks::encoder);
    cases.put("BERT", Blocks::bert);
    cases.put("LSTM classifier", Blocks::lstmClassifier);
    return cases;
  }

  @TestFactory
  Stream<DynamicTest> computesWhatTheBlockDoes() {
    return cases().entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () -> {
                      try (NDManager manager = NDManager.newBaseManager()) {
                        manager.getEngine().setRandomSeed(1);
                        check(entry.getValue().apply(manager), manager);
                      }
                    }));
  }

  private static void check(DjlBlock block, NDManager manager) {
    NDList data = Blocks.feed(manager, block, BATCH);
    NDList before = copy(data);
    NDList expected = Blocks.run(manager, block, copy(data));
    TracedBlock traced = BlockTracer.trace(block);
    List<String> read = new ArrayList<>();
    ObservedRun.of(traced, data, (node, input, array) -> read.add(node.name()));
    List<String> fed =
        traced.graph().nodes().stream()
            .filter(node -> node.inputs().get(0) >= 0 && isInput(traced, node.inputs().get(0)))
            .filter(node -> traced.steps().contains(node.index()))
            .map(GraphNode::name)
            .toList();
    assertTrue(read.containsAll(fed), read + " of " + fed);

    RealArrays arrays = new RealArrays(manager);
    Session session = new Session(KnownMethods.all(), new BlockTree(block.block()), arrays);
    session.run(
        block.block(),
        data.stream().map(NDArray::getShape).toList(),
        data.stream().map(NDArray::getDataType).toList(),
        data);
    NDList actual = new NDList();
    session.tape().outputs().forEach(output -> actual.add(arrays.find(output).orElseThrow()));
    assertSame(expected, actual);
    assertSame(before, data);
  }

  private static boolean isInput(TracedBlock traced, int tensor) {
    return traced.graph().inputs().contains(tensor);
  }

  private static NDList copy(NDList list) {
    NDList copy = new NDList();
    list.forEach(array -> copy.add(array.duplicate()));
    return copy;
  }

  private static void assertSame(NDList expected, NDList actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).getShape(), actual.get(i).getShape());
      assertEquals(expected.get(i).getDataType(), actual.get(i).getDataType());
      assertArrayEquals(elements(expected.get(i)), elements(actual.get(i)));
    }
  }

  private static double[] elements(NDArray array) {
    return array.toType(DataType.FLOAT64, true).toDoubleArray();
  }
}
