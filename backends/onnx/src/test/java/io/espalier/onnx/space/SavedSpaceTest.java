package io.espalier.onnx.space;

import static io.espalier.onnx.space.SampleSpaces.REGISTRY;
import static io.espalier.onnx.space.SampleSpaces.SPACES;
import static io.espalier.onnx.space.SampleSpaces.detector;
import static io.espalier.onnx.space.SampleSpaces.firstWidth;
import static io.espalier.onnx.space.SampleSpaces.resnet;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.espalier.core.Hparam;
import io.espalier.core.Samplers;
import io.espalier.core.SavedSpace;
import io.espalier.core.SearchSpace;
import io.espalier.core.rules.Rules;
import io.espalier.core.values.Config;
import io.espalier.onnx.OnnxNetwork;
import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxEdit;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.OnnxTensor;
import io.espalier.spi.EspalierException;
import io.espalier.trace.TrialSizes;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Search spaces and configs that are written and read again. */
class SavedSpaceTest {
  @Test
  void configsSurviveJson() {
    SearchSpace space = resnet();
    Config config = space.sample(Samplers.random(new Random(3)));
    assertEquals(config, Config.parse(config.toJson()));
    space.select(space.configurableConfig());
    assertEquals(config, space.config());
  }

  @Test
  void aSavedSpaceIsRestoredWithoutASymbolicMap() {
    SearchSpace space = detector();
    space.sortParameters();
    Hparam stage = space.hparam("backbone.stages.1.spatial_conv1.out_channels");
    stage.setActive(stage.min());
    stage.setChoices(List.of(stage.min(), stage.max()));
    SavedSpace saved = SavedSpace.parse(space.save().toJson(), "the space");
    SearchSpace restored = new SearchSpace(space.model(), null, REGISTRY);
    EspalierException e =
        assertThrows(EspalierException.class, () -> restored.generate(Rules.everything()));
    assertTrue(String.valueOf(e.getMessage()).contains("symbolic map"), e.getMessage());
    restored.restore(saved);
    assertEquals(space.config(), restored.config());
    assertEquals(space.size(), restored.size());
    assertEquals(space.manifest(), restored.manifest());
  }

  @Test
  void aSpaceOfAnotherModelIsRefused() {
    SavedSpace saved = resnet().save();
    EspalierException e =
        assertThrows(EspalierException.class, () -> SPACES.restore(SampleNetworks.unet(), saved));
    assertTrue(String.valueOf(e.getMessage()).contains("another structure"), e.getMessage());
  }

  @Test
  void aSavedSpaceFitsAnotherCheckpointAndNoOtherNetwork() {
    SearchSpace space = resnet();
    space.sortParameters();
    space.sample(Samplers.min());
    SavedSpace saved = SavedSpace.parse(space.save().toJson(), "the space");
    OnnxNetwork network = (OnnxNetwork) space.model();
    Map<String, OnnxTensor> weights = network.model().initializers();
    String weight =
        weights.keySet().stream()
            .filter(name -> weights.get(name).dims().length == 4)
            .findFirst()
            .orElseThrow();
    float[] zeros = new float[(int) (weights.get(weight).byteSize() / Float.BYTES)];

    SearchSpace trained = SPACES.restore(network.withValues(Map.of(weight, zeros)), saved);
    assertEquals(space.config(), trained.config());
    String name = firstWidth(space);
    assertArrayEquals(space.hparam(name).order(), trained.hparam(name).order());

    OnnxEdit edit = new OnnxEdit(network.model());
    edit.removeOutput(0)
        .addOutput(
            network.model().outputs().get(0).toBuilder()
                .setName(network.model().nodes().get(0).getOutput(0))
                .build());
    EspalierException e =
        assertThrows(EspalierException.class, () -> SPACES.restore(edit.toModel(), saved));
    assertTrue(String.valueOf(e.getMessage()).contains("of another structure"), e.getMessage());
  }

  @Test
  void aSpaceOfALaterFormatIsRefused() {
    String json = resnet().save().toJson().replace("\"version\" : 1", "\"version\" : 99");
    EspalierException e =
        assertThrows(EspalierException.class, () -> SavedSpace.parse(json, "the space"));
    assertTrue(String.valueOf(e.getMessage()).contains("version 99"), e.getMessage());
  }

  @Test
  void aSavedSpaceIsRestoredAtTheSizesItWasFoundAt() {
    OnnxGraphBuilder b = new OnnxGraphBuilder("unknown", 17);
    String x = b.node("MatMul", "first", List.of("input", b.random("first.weight", 0, 1, 5, 8)));
    x = b.node("MatMul", "last", List.of(x, b.random("last.weight", 0, 1, 8, 3)));
    ModelProto.Builder proto = b.output("output", x, "N", 3).toProto().toBuilder();
    proto
        .getGraphBuilder()
        .addInput(
            ValueInfoProto.newBuilder()
                .setName("input")
                .setType(
                    TypeProto.newBuilder()
                        .setTensorType(
                            TypeProto.Tensor.newBuilder().setElemType(DataTypes.FLOAT))));
    OnnxModel model = OnnxModel.of(proto.build());
    TrialSizes sizes = TrialSizes.of(Map.of("input", List.of(2L, 5L)));
    SearchSpace space = SPACES.generate(model, Rules.everything(), sizes);
    assertTrue(space.isConfigurable());
    space.sample(Samplers.min());
    SearchSpace restored = SPACES.restore(model, space.save(), sizes);
    assertEquals(space.config(), restored.config());
    assertEquals(space.manifest(), restored.manifest());
  }
}
