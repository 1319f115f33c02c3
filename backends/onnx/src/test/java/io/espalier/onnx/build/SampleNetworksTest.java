package io.espalier.onnx.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.onnx.file.TensorSource;
import io.espalier.onnx.runtime.OnnxSession;
import io.espalier.onnx.runtime.RandomInputs;
import io.espalier.onnx.runtime.SessionSettings;
import io.espalier.onnx.runtime.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SampleNetworksTest {
  private static final double VISIBLE = 1e-3;

  static List<SampleNetwork> networks() {
    return SampleNetworks.all();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void runsAndEveryWeightMatrixMattersAtTheOutput(SampleNetwork network) {
    OnnxModel model = network.model();
    Map<String, Tensor> inputs = inputs(model, network.trialShapes());
    Tensor output = output(model, inputs);
    assertTrue(deviation(output) > VISIBLE, "the output is flat: " + deviation(output));

    for (OnnxTensor tensor : model.initializers().values()) {
      if (tensor.rank() >= 2 && isWeight(model, tensor.name())) {
        double change = output(zeroed(model, tensor), inputs).relativeError(output);
        assertTrue(change > VISIBLE, "without " + tensor + " the output changes by " + change);
        assertTrue(Double.isFinite(change), "without " + tensor + " the output is not finite");
      }
    }
  }

  @Test
  void everyNetworkIsTheSameEveryTime() {
    List<SampleNetwork> once = SampleNetworks.all();
    List<SampleNetwork> again = SampleNetworks.all();
    for (int i = 0; i < again.size(); i++) {
      assertEquals(
          once.get(i).model().fingerprint(),
          again.get(i).model().fingerprint(),
          again.get(i).name());
    }
  }

  @Test
  void resnet50HasItsSize() {
    OnnxModel model = SampleNetworks.resnet50();
    Map<String, Tensor> inputs = inputs(model, Map.of("input", new long[] {1, 3, 224, 224}));

    long parameters =
        model.initializers().values().stream()
            .filter(tensor -> !tensor.name().contains("running_"))
            .mapToLong(OnnxTensor::elementCount)
            .sum();
    Tensor output = output(model, inputs);

    assertEquals(25_557_032, parameters);
    assertTrue(deviation(output) > VISIBLE);
    OnnxTensor first = Objects.requireNonNull(model.initializers().get("layer1.0.conv1.weight"));
    assertTrue(output(zeroed(model, first), inputs).relativeError(output) > VISIBLE);
  }

  @Test
  void namesAreThoseOfPytorchsExporter() {
    List<String> names = names(SampleNetworks.thinResnet());
    assertTrue(names.contains("/layer2/layer2.0/downsample/downsample.0/Conv"), names.toString());
    assertTrue(names.contains("/layer1/layer1.1/bn2/BatchNormalization"), names.toString());

    List<String> fixture = names(SampleNetworks.rulesFixture());
    assertTrue(fixture.contains("/backbone/stages.5/spatial_conv2/Conv"), fixture.toString());
    assertTrue(fixture.contains("/neck/neck.3/conv1/Conv"), fixture.toString());
    assertTrue(fixture.contains("/det_blocks.2/spatial_conv/Conv"), fixture.toString());
    assertTrue(
        SampleNetworks.thinBottleneckResnet().initializers().keySet().stream()
            .filter(name -> !name.startsWith("fc."))
            .allMatch(name -> name.startsWith("onnx::Conv_")));
  }

  private static List<String> names(OnnxModel model) {
    return model.nodes().stream().map(NodeProto::getName).toList();
  }

  /** Whether a tensor is multiplied with data, rather than added or looked up. */
  private static boolean isWeight(OnnxModel model, String name) {
    Set<String> operators = Set.of("Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM");
    return model.nodes().stream()
        .anyMatch(
            node -> operators.contains(node.getOpType()) && node.getInputList().contains(name));
  }

  private static OnnxModel zeroed(OnnxModel model, OnnxTensor tensor) {
    float[] zeros = new float[(int) tensor.elementCount()];
    return OnnxModel.of(
        new OnnxEdit(model)
            .replaceInitializer(
                tensor.name(), TensorSource.ofFloats(tensor.name(), zeros, tensor.dims()))
            .toBytes());
  }

  private static Map<String, Tensor> inputs(OnnxModel model, Map<String, long[]> shapes) {
    try (OnnxSession session = OnnxSession.open(model, SessionSettings.plain())) {
      return RandomInputs.seeded(1).forModel(session, shapes);
    }
  }

  private static Tensor output(OnnxModel model, Map<String, Tensor> inputs) {
    try (OnnxSession session = OnnxSession.open(model, SessionSettings.plain())) {
      return Objects.requireNonNull(session.run(inputs).get(model.outputs().get(0).getName()));
    }
  }

  private static double deviation(Tensor tensor) {
    double sum = 0;
    double squares = 0;
    float[] values = tensor.floats();
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
    }
    double mean = sum / values.length;
    return Math.sqrt(squares / values.length - mean * mean);
  }
}
