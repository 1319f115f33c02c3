package io.espalier.onnx.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.data.DataArray;
import io.espalier.core.latency.NodeTimer;
import io.espalier.core.latency.Timing;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.spi.EspalierException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProfileTest {
  private static final List<String> OUTPUTS = List.of("a", "b", "c", "d_nchwc");

  private long now;

  private String event(String name, int index, long time) {
    now += time;
    return event(name, index, now - time, time);
  }

  private static String event(String name, int index, long start, long time) {
    return String.format(
        "{\"cat\":\"Node\",\"name\":\"%s_kernel_time\",\"ts\":%d,\"dur\":%d,"
            + "\"args\":{\"node_index\":\"%d\"}}",
        name, start, time, index);
  }

  private static String profile(String... events) {
    return "[\n{\"cat\":\"Session\",\"name\":\"model_run\",\"ts\":0,\"dur\":9},\n"
        + String.join(",\n", events)
        + "\n]\n";
  }

  private static String output(String name) {
    List<Timing.NodeTime> nodes = Profile.nodes(profile(event(name, 0, 0, 5)), 1, OUTPUTS);
    return nodes.get(0).output();
  }

  @Test
  void nodesAreKnownByTheirNames() {
    assertEquals("b", output("@1"));
    assertEquals("c", output("@2/MatMulAddFusion"));
    assertEquals("c", output("fused @2"));
  }

  @Test
  void whatIsLaidOutAnewIsKnownByWhatItComputes() {
    assertEquals("c", output("c_nchwc"));
    assertEquals("c", output("c_nchwc_token_12"));
    assertEquals("d_nchwc", output("d_nchwc_nchwc"));
  }

  @Test
  void whatTheRuntimeAddsIsKnownByNothing() {
    assertEquals("", output("ReorderOutput_token_4"));
    assertEquals("", output("e_nchwc"));
    assertEquals("", output("@17"));
    assertEquals("", output("Gelu"));
  }

  @Test
  void theMedianOfRunsCountsInTheOrderOfTheFirst() {
    String json =
        profile(
            event("@1", 1, 7), event("@0", 0, 100),
            event("@1", 1, 900), event("@0", 0, 102),
            event("@1", 1, 9), event("@0", 0, 104));
    assertEquals(
        List.of(new Timing.NodeTime("b", 9500), new Timing.NodeTime("a", 102_500)),
        Profile.nodes(json, 3, OUTPUTS));
  }

  @Test
  void twoOfOneNameAreTwo() {
    assertEquals(
        2, Profile.nodes(profile(event("@1", 1, 7), event("@1", 8, 7)), 1, OUTPUTS).size());
  }

  @Test
  void whatRunsOftenInARunCountsAsOften() {
    String json = profile(event("@1", 1, 7), event("@1", 1, 7), event("@1", 1, 7));
    assertEquals(List.of(new Timing.NodeTime("b", 22_500)), Profile.nodes(json, 1, OUTPUTS));
  }

  @Test
  void whatRunsWithinAnotherCountsWithIt() {
    String json = profile(event("inner", 0, 12, 20), event("@0", 0, 10, 50), event("@1", 1, 60, 5));
    assertEquals(
        List.of(new Timing.NodeTime("a", 50_500), new Timing.NodeTime("b", 5500)),
        Profile.nodes(json, 1, OUTPUTS));
  }

  @Test
  void whatIsNoProfileIsRefused() {
    assertThrows(EspalierException.class, () -> Profile.nodes("[{", 1, OUTPUTS));
  }

  @Test
  void aRunOfTheRuntimeNamesConvolutions() {
    OnnxNetwork network = OnnxNetwork.of(SampleNetworks.thinResnet(), "a network");
    Tensor image = Tensor.ofFloats(new float[3 * 32 * 32], 1, 3, 32, 32);
    Map<String, DataArray> inputs = Map.of("input", image.toArray());
    try (NodeTimer timer = network.timer(inputs, 1)) {
      Timing timing = timer.time(network, 3);
      Set<String> named = new HashSet<>();
      timing.nodes().forEach(node -> named.add(node.output()));
      long convolutions =
          network.model().nodes().stream().filter(node -> node.getOpType().equals("Conv")).count();
      assertTrue(named.size() > convolutions, named + "");
      assertTrue(timer.conditions().contains("on 1 thread of"), timer.conditions());
      assertTrue(timer.conditions().contains("input [1, 3, 32, 32]"), timer.conditions());
    }
  }

  @Test
  void aProcessorIsToldFromOthersOfItsName() {
    String said = "model name\t: Fast 1\ncpu family\t: 25\nmodel\t\t: 1\nflags\t\t: fpu avx2 sse\n";
    assertEquals("Fast 1 (family 25, model 1, avx2)", Processor.name(said + "\n" + said));
    assertTrue(!Processor.name("nothing to be read").isEmpty());
  }
}
