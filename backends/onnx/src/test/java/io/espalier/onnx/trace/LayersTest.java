package io.espalier.onnx.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Layers, their names and their containers, on models of a few nodes. */
class LayersTest {
  private static TestGraph graph() {
    return new TestGraph().input("x", 2, 4);
  }

  private static void assertLayers(TestGraph graph, String... lines) {
    assertEquals(List.of(lines), graph.layers());
  }

  @Test
  void namesOfParametersComeFirst() {
    assertLayers(
        graph()
            .weight("blocks.0.fc.weight", 4, 4)
            .weight("blocks.0.fc.weight_bias", 4)
            .node("Gemm", "/other/Gemm", "x blocks.0.fc.weight blocks.0.fc.weight_bias", "y")
            .output("y"),
        "blocks.0.fc: Gemm [0]");
  }

  @Test
  void namesThatAnExporterMadeUpDoNotCount() {
    assertLayers(
        graph()
            .weight("onnx::MatMul_12", 4, 4)
            .weight("val_3.1", 4, 4)
            .node("MatMul", "/layer1/layer1.0/fc/MatMul", "x onnx::MatMul_12", "h")
            .node("MatMul", "/head/MatMul", "h val_3.1", "y")
            .output("y"),
        "layer1: nn.Sequential [] <0>",
        "  layer1.0: [] <0>",
        "    layer1.0.fc: MatMul [0]",
        "head: MatMul [1]");
  }

  @Test
  void scopesNestOrJoin() {
    assertLayers(
        graph()
            .weight("1", 4, 4)
            .weight("2", 4, 4)
            .weight("3", 4, 4)
            .node("MatMul", "/encoder/layer.0/attention/self/query/MatMul", "x 1", "a")
            .node("MatMul", "StatefulPartitionedCall/model/dense/Tensordot/MatMul", "a 2", "b")
            .node("MatMul", "model/dense_1/MatMul;model/dense_1/BiasAdd", "b 3", "y")
            .output("y"),
        "encoder.layer.0.attention.self.query: MatMul [0]",
        "model.dense: MatMul [1]",
        "model.dense_1: MatMul [2]");
  }

  @Test
  void metadataTellsOfModules() {
    String classes = "['N', 'torch.nn.modules.container.Sequential', 'Linear', 'aten.linear']";
    assertLayers(
        graph()
            .weight("val_1", 4, 4)
            .weight("val_2", 4, 4)
            .node(
                TestGraph.scoped(
                    TestGraph.proto("MatMul", "node_MatMul_3", "x val_1", "a"),
                    "['', 'net', 'net.first', 'linear']",
                    classes))
            .node(
                TestGraph.scoped(
                    TestGraph.proto("Relu", "node_relu", "a", "b"),
                    "['', 'net', 'net.act', 'relu']",
                    "['N', 'torch.nn.modules.container.Sequential', 'ReLU', 'aten.relu']"))
            .node(
                TestGraph.scoped(
                    TestGraph.proto("MatMul", "node_MatMul_4", "b val_2", "y"),
                    "['', 'net', 'net.second', 'linear']",
                    classes))
            .output("y"),
        "net: nn.Sequential [] <0 1 2>",
        "  net.first: MatMul [0]",
        "  net.act: [] <1>",
        "  net.second: MatMul [2]");
  }

  @Test
  void aConvolutionWithItsNormFoldedInKeepsItsName() {
    String classes =
        "['N', 'torch.nn.modules.container.Sequential', 'torch.nn.modules.batchnorm.BatchNorm2d',"
            + " 'x']";
    assertLayers(
        graph()
            .weight("down.0.weight", 4, 4, 1, 1)
            .weight("down.0.weight_bias", 4)
            .node(
                TestGraph.scoped(
                    TestGraph.proto(
                        "Conv", "node_Conv_3", "x down.0.weight down.0.weight_bias", "y"),
                    "['', 'down', 'down.1', 'batch_norm']",
                    classes))
            .output("y"),
        "down: nn.Sequential [] <0>",
        "  down.0: Conv [0]");
  }

  @Test
  void theBiasBelongsToItsMatrix() {
    assertLayers(
        graph()
            .weight("Parameter5", 4, 4)
            .weight("Parameter6", 4)
            .weight("val_7", 4, 4)
            .weight("m.query.bias", 4)
            .weight("onnx::MatMul_8", 4, 4)
            .weight("attn.qkv.bias", 4)
            .node("MatMul", "Times212", "x Parameter5", "a")
            .node("Add", "Plus214", "a Parameter6", "b")
            .node("MatMul", "node_MatMul_56", "b val_7", "c")
            .node("Add", "node_linear", "m.query.bias c", "d")
            .node("MatMul", "/attn/MatMul", "d onnx::MatMul_8", "e")
            .node("Add", "/attn/Add", "attn.qkv.bias e", "f")
            .node("Softmax", "/attn/Softmax", "f", "y")
            .output("y"),
        "Times212: MatMul [0 1]",
        "m.query: MatMul [2 3]",
        "attn.qkv: MatMul [4 5]");
  }

  @Test
  void aSumThatOthersReadIsNoBias() {
    assertLayers(
        graph()
            .weight("W1", 4, 4)
            .weight("V2", 4)
            .node("MatMul", "Times", "x W1", "a")
            .node("Add", "Plus", "a V2", "b")
            .node("Mul", "", "a b", "y")
            .output("y"),
        "Times: MatMul [0]",
        "Plus: Add [1]");
  }

  @Test
  void aNormInElementaryOperatorsIsOneLayer() {
    assertLayers(
        graph()
            .weight("ln.weight", 4)
            .weight("ln.bias", 4)
            .weight("two", 1)
            .node("ReduceMean", "/ln/ReduceMean", "x", "m")
            .node("Sub", "/ln/Sub", "x m", "d")
            .node("Pow", "/ln/Pow", "d two", "p")
            .node("ReduceMean", "/ln/ReduceMean_1", "p", "v")
            .node("Sqrt", "/ln/Sqrt", "v", "s")
            .node("Div", "/ln/Div", "d s", "n")
            .node("Mul", "/ln/Mul", "n ln.weight", "g")
            .node("Add", "/ln/Add_1", "g ln.bias", "h")
            .node("Relu", "/Relu", "h", "y")
            .output("y"),
        "ln: Mul [0 1 2 3 4 5 6 7]");
  }

  @Test
  void aModuleThatIsCalledTwiceIsTwoLayers() {
    assertLayers(
        graph()
            .weight("fc.weight", 4, 4)
            .weight("ln.weight", 4)
            .weight("ln.bias", 4)
            .node("Gemm", "/fc/Gemm", "x fc.weight", "a")
            .node("Tanh", "/ln/Tanh", "a", "b")
            .node("Mul", "/ln/Mul", "b ln.weight", "c")
            .node("Add", "/ln/Add", "c ln.bias", "d")
            .node("Gemm", "/fc_1/Gemm", "d fc.weight", "e")
            .node("Tanh", "/ln_1/Tanh", "e", "f")
            .node("Mul", "/ln_1/Mul", "f ln.weight", "g")
            .node("Add", "/ln_1/Add", "g ln.bias", "y")
            .output("y"),
        "fc: Gemm [0]",
        "ln: Mul [1 2 3]",
        "fc_2: Gemm [4]",
        "ln_2: Mul [5 6 7]");
  }

  @Test
  void parametersThatAnExporterMergedDoNotMergeLayers() {
    TestGraph graph = graph().weight("layers.0.norm.weight", 4);
    String[] scopes = {"layers.0.norm", "layers.1.norm"};
    String in = "x";
    for (int i = 0; i < 2; i++) {
      graph
          .node(
              TestGraph.scoped(
                  TestGraph.proto("Tanh", "node_" + i, in, "t" + i),
                  "['', '" + scopes[i] + "', 'tanh']",
                  "['N', 'RMSNorm', 'x']"))
          .node(
              TestGraph.scoped(
                  TestGraph.proto("Mul", "node_m" + i, "layers.0.norm.weight t" + i, "m" + i),
                  "['', '" + scopes[i] + "', 'mul']",
                  "['N', 'RMSNorm', 'x']"));
      in = "m" + i;
    }
    assertLayers(graph.output("m1"), "layers.0.norm: Mul [0 1]", "layers.1.norm: Mul [2 3]");
  }

  @Test
  void copiesThroughIdentityNameTheirLayers() {
    assertLayers(
        graph()
            .weight("bn1.weight", 4)
            .node("Identity", "Identity_0", "bn1.weight", "bn2.weight")
            .node("Mul", "", "x bn1.weight", "a")
            .node("Mul", "", "a bn2.weight", "y")
            .output("y"),
        "bn1: Mul [1]",
        "bn2: Mul [2]");
  }

  @Test
  void weightsAreFoundBehindNodesThatWorkOnParametersAlone() {
    assertLayers(
        graph()
            .weight("fc.weight", 4, 4)
            .weight("scale", 1)
            .ints("shape", 4, 4)
            .node("Transpose", "/fc/Transpose", "fc.weight", "/fc/Transpose_output_0")
            .node("ConstantOfShape", "", "shape", "gpu_0/conv1_w_0")
            .node("MatMul", "/fc/MatMul", "x /fc/Transpose_output_0", "a")
            .node("MatMul", "n1", "a gpu_0/conv1_w_0", "b")
            .node("Mul", "n2", "b scale", "y")
            .output("y"),
        "fc: MatMul [2]",
        "conv1: MatMul [3]");
  }

  @Test
  void otherExportersNames() {
    assertLayers(
        graph()
            .weight("fire2/squeeze1x1_w_0", 4, 4)
            .weight("fire2/squeeze1x1_b_0", 4)
            .weight("convolution1_W", 4, 4)
            .weight("kernel_W", 4, 4)
            .weight("17", 4, 4)
            .weight("class_token", 1, 4)
            .weight("q_proj.MatMul.weight", 4, 4)
            .weight("wn.parametrizations.weight.original0", 4, 4)
            .node("Gemm", "", "x fire2/squeeze1x1_w_0 fire2/squeeze1x1_b_0", "a")
            .node("MatMul", "convolution1", "a convolution1_W", "b")
            .node("MatMul", "n7", "b kernel_W", "c")
            .node("MatMul", "", "c 17", "d")
            .node("Concat", "/Concat", "d class_token", "e")
            .node("MatMul", "/x/MatMul", "e q_proj.MatMul.weight", "f")
            .node("MatMul", "", "f wn.parametrizations.weight.original0", "y")
            .output("y"),
        "fire2.squeeze1x1: Gemm [0]",
        "convolution1: MatMul [1]",
        "kernel: MatMul [2]",
        "MatMul_2: MatMul [3]",
        "class_token: Concat [4]",
        "q_proj: MatMul [5]",
        "wn: MatMul [6]");
  }

  @Test
  void namesAreUnique() {
    assertLayers(
        graph()
            .weight("1", 4, 4)
            .weight("2", 4, 4)
            .weight("fc_2.weight", 4, 4)
            .node("MatMul", "/fc/MatMul", "x 1", "a")
            .node("MatMul", "/fc/MatMul_1", "a 2", "b")
            .node("MatMul", "", "b fc_2.weight", "y")
            .output("y"),
        "fc: MatMul [0]",
        "fc_3: MatMul [1]",
        "fc_2: MatMul [2]");
  }

  @Test
  void childrenOfASequentialHoldAllTheirNodes() {
    assertLayers(
        graph()
            .weight("blocks.0.fc.weight", 4, 4)
            .weight("blocks.2.scale", 4, 1)
            .weight("blocks.2.fc.weight", 4, 4)
            .weight("list.0.weight", 4, 4)
            .node("MatMul", "/blocks/blocks.0/fc/MatMul", "x blocks.0.fc.weight", "a")
            .node("Relu", "/blocks/blocks.0/relu/Relu", "a", "b")
            .node("Add", "/blocks/blocks.0/Add", "b x", "c")
            .node("Relu", "/blocks/blocks.1/Relu", "c", "d")
            .node("MatMul", "/blocks/blocks.2/fc/MatMul", "d blocks.2.fc.weight", "e")
            .node("Mul", "/blocks/blocks.2/Mul", "e blocks.2.scale", "f")
            .node("Add", "/blocks/blocks.2/Add", "f d", "g")
            .node("Gemm", "/list.0/Gemm", "g list.0.weight", "y")
            .output("y"),
        "blocks: nn.Sequential [] <0 1 2 3 4 5 6>",
        "  blocks.0: [] <0 1 2>",
        "    blocks.0.fc: MatMul [0]",
        "  blocks.1: [] <3>",
        "  blocks.2: Mul [5 6] <4 5 6>",
        "    blocks.2.fc: MatMul [4]",
        "list.0: Gemm [7]");
  }

  @Test
  void aModuleWithOperatorsOfItsOwnIsNoSequential() {
    assertLayers(
        graph()
            .weight("1", 4, 4)
            .node("MatMul", "/body/body.0/MatMul", "x 1", "a")
            .node("Relu", "/body/Relu", "a", "y")
            .output("y"),
        "body.0: MatMul [0]");
  }

  @Test
  void unnamedNodesClaimNoContainer() {
    assertLayers(
        graph()
            .weight("base_net.0.0.weight", 4, 4)
            .weight("base_net.1.0.weight", 4, 4)
            .node("MatMul", "", "x base_net.0.0.weight", "a")
            .node("MatMul", "", "a base_net.1.0.weight", "y")
            .output("y"),
        "base_net.0.0: MatMul [0]",
        "base_net.1.0: MatMul [1]");
  }
}
