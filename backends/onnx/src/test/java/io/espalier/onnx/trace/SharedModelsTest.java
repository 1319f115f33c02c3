package io.espalier.onnx.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.espalier.onnx.SharedData;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.DMRegistry;
import io.espalier.trace.GraphNode;
import io.espalier.trace.LayerNode;
import io.espalier.trace.Solver;
import io.espalier.trace.SymMap;
import io.espalier.trace.Tensor;
import io.espalier.trace.TrialSizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The models of the shared folder: recorded ones, public architectures, historic files. */
class SharedModelsTest {
  private static final Map<String, String> TYPES =
      Map.of(
          "Conv2d", "Conv",
          "Linear", "Gemm",
          "BatchNorm2d", "BatchNormalization",
          "LayerNorm", "Mul");

  private static TracedOnnx trace(Path file) {
    return OnnxTracer.trace(OnnxModel.read(file));
  }

  private static TracedOnnx zoo(String name) {
    return trace(SharedData.path("zoo/" + name + ".onnx"));
  }

  private static List<LayerNode> flat(List<LayerNode> layers) {
    List<LayerNode> flat = new ArrayList<>();
    for (LayerNode layer : layers) {
      flat.add(layer);
      flat.addAll(flat(layer.children()));
    }
    return flat;
  }

  private static Map<String, LayerNode> byName(TracedOnnx traced) {
    Map<String, LayerNode> byName = new HashMap<>();
    for (LayerNode layer : flat(traced.graph().layers())) {
      assertFalse(layer.name().isEmpty());
      assertEquals(null, byName.put(layer.name(), layer), layer.name() + " twice");
    }
    return byName;
  }

  private static List<String> names(TracedOnnx traced, String... types) {
    return flat(traced.graph().layers()).stream()
        .filter(layer -> List.of(types).contains(layer.type()))
        .map(layer -> layer.name() + ": " + layer.type())
        .toList();
  }

  @TestFactory
  Stream<DynamicTest> modulesHaveTheNamesThatWereRecorded() throws IOException {
    try (Stream<Path> folders = Files.list(SharedData.path("golden"))) {
      return folders.sorted().toList().stream()
          .map(folder -> DynamicTest.dynamicTest(folder.toString(), () -> checkModules(folder)));
    }
  }

  private static void checkModules(Path folder) throws IOException {
    Map<String, LayerNode> layers = byName(trace(folder.resolve("original.onnx")));
    JsonNode modules = new ObjectMapper().readTree(folder.resolve("modules.json").toFile());
    int owning = 0;
    for (Map.Entry<String, JsonNode> module : modules.properties()) {
      String type = TYPES.get(module.getValue().get("class").asText());
      if (type != null) {
        LayerNode layer = layers.get(module.getKey());
        assertNotNull(layer, module.getKey());
        assertEquals(type, Objects.requireNonNull(layer).type(), module.getKey());
        owning++;
      }
    }
    long found =
        layers.values().stream().filter(layer -> TYPES.containsValue(layer.type())).count();
    assertEquals(owning, found);
  }

  @Test
  void aSequentialIsFound() {
    TracedOnnx traced = trace(SharedData.path("golden/depth/original.onnx"));
    LayerNode blocks = Objects.requireNonNull(byName(traced).get("blocks"));
    assertEquals("nn.Sequential", blocks.type());
    assertEquals(
        List.of("blocks.0", "blocks.1", "blocks.2"),
        blocks.children().stream().map(LayerNode::name).toList());
    List<String> first =
        blocks.children().get(0).span().stream()
            .map(node -> traced.graph().nodes().get(node).op().name())
            .toList();
    assertEquals(
        List.of("Conv", "BatchNormalization", "Relu", "Conv", "BatchNormalization", "Add", "Relu"),
        first);
    assertEquals(
        1, byName(traced).values().stream().filter(l -> l.type().startsWith("nn.")).count());
  }

  @Test
  void exportersAgreeOnNames() {
    for (String[] pair :
        new String[][] {
          {"resnet50", "resnet50_unfold"},
          {"resnet18", "resnet18_dynamo"},
          {"mobilenet_v2", "mobilenet_v2_dynamo"}
        }) {
      TracedOnnx one = zoo(pair[0]);
      TracedOnnx other = zoo(pair[1]);
      List<String> names = names(one, "Conv", "Gemm", "nn.Sequential");
      assertEquals(names, names(other, "Conv", "Gemm", "nn.Sequential"));
      assertTrue(names.size() > 20, pair[0]);
    }
    List<String> folded = names(zoo("bert_dynamic"), "MatMul", "LayerNormalization");
    List<String> dynamo = names(zoo("bert_dynamo"), "MatMul", "LayerNormalization");
    assertTrue(dynamo.containsAll(folded), "bert");
    assertTrue(folded.contains("m.encoder.layer.0.attention.self.query: MatMul"));
  }

  @Test
  void namesPeopleKnow() {
    Set<String> resnet = byName(zoo("resnet50")).keySet();
    assertTrue(
        resnet.containsAll(List.of("conv1", "layer1.0.conv1", "layer4.0.downsample.0", "fc")));
    Set<String> llama = byName(zoo("llama_gqa_dynamo")).keySet();
    assertTrue(
        llama.containsAll(
            List.of(
                "m.model.layers.0.input_layernorm",
                "m.model.layers.0.post_attention_layernorm",
                "m.model.layers.2.self_attn.q_proj",
                "m.model.norm",
                "m.lm_head")),
        llama.toString());
    Set<String> swin = byName(zoo("swin")).keySet();
    assertTrue(swin.containsAll(List.of("features.1.0.attn.qkv", "features.1.0.attn.proj")));
    assertTrue(byName(zoo("vit")).containsKey("class_token"));
    assertTrue(byName(zoo("real/light_resnet50")).containsKey("res2_0_branch2a_bn"));
    assertTrue(byName(zoo("real/light_squeezenet")).containsKey("fire2.squeeze1x1"));
    assertTrue(byName(zoo("real/SqueezeNet_fp16")).containsKey("fire2.squeeze1x1"));
    assertTrue(byName(zoo("real/version-RFB-320")).containsKey("base_net.7.branch2.1.conv"));
    assertEquals(
        Set.of("Convolution28", "Convolution110", "Times212"), byName(zoo("real/mnist")).keySet());
    assertTrue(
        byName(zoo("real/candy")).keySet().containsAll(List.of("convolution1", "batchnorm1")));
  }

  @TestFactory
  Stream<DynamicTest> everyModelHoldsTogether() {
    return SharedData.zoo().stream()
        .map(file -> DynamicTest.dynamicTest(file.toString(), () -> check(trace(file))));
  }

  private static void check(TracedOnnx traced) {
    Map<String, LayerNode> layers = byName(traced);
    assertFalse(layers.isEmpty());
    Map<Integer, String> owners = new HashMap<>();
    for (LayerNode layer : layers.values()) {
      for (int node : layer.nodes()) {
        assertEquals(null, owners.put(node, layer.name()), "node " + node);
      }
      assertTrue(layer.span().containsAll(layer.nodes()), layer.name());
      layer.children().forEach(child -> assertTrue(layer.span().containsAll(child.span())));
      assertEquals(layer.span().stream().sorted().toList(), layer.span());
      assertEquals(layer.nodes().stream().sorted().toList(), layer.nodes());
    }
    for (GraphNode node : traced.graph().nodes()) {
      if (!isParameter(traced, node)) {
        boolean owns = node.inputs().stream().anyMatch(input -> isWeight(traced, input));
        assertTrue(!owns || owners.containsKey(node.index()), node.label());
      } else {
        assertFalse(owners.containsKey(node.index()), node.label());
      }
    }
    inOrder(traced.graph().layers());
    checkIndices(traced);
    SymMap map =
        new Solver(DMRegistry.discover(SharedModelsTest.class.getClassLoader()))
            .solve(traced.graph(), TrialSizes.automatic());
    assertEquals(traced.graph().layers().size(), map.layers().size());
  }

  private static void inOrder(List<LayerNode> layers) {
    int last = -1;
    for (LayerNode layer : layers) {
      int first = layer.span().get(0);
      assertTrue(first >= last, layer.name());
      last = first;
      inOrder(layer.children());
    }
  }

  private static void checkIndices(TracedOnnx traced) {
    Set<Integer> seen = new HashSet<>();
    for (GraphNode node : traced.graph().nodes()) {
      int index = traced.onnxIndex(node.index());
      assertTrue(index >= 0 && seen.add(index), node.label());
      assertEquals(node.index(), traced.graphIndex(index));
      assertEquals(node.name(), traced.model().nodes().get(index).getName());
    }
    for (Tensor tensor : traced.graph().tensors()) {
      assertEquals(tensor.id(), traced.tensorId(tensor.name()));
      assertEquals(tensor.constant() != null, traced.stored(tensor.id()).isPresent());
    }
  }

  private static boolean isParameter(TracedOnnx traced, GraphNode node) {
    @Nullable Boolean parameter = null;
    for (int output : node.outputs()) {
      if (output >= 0) {
        parameter = traced.graph().tensor(output).parameter();
      }
    }
    return Boolean.TRUE.equals(parameter);
  }

  private static boolean isWeight(TracedOnnx traced, int tensor) {
    if (tensor < 0) {
      return false;
    }
    var constant = traced.graph().constant(tensor);
    return constant != null && !constant.integer() && constant.size() > 1;
  }
}
