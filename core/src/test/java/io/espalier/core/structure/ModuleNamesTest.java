package io.espalier.core.structure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ModuleNamesTest {
  private static void assertRepeated(String modules, String repeated) {
    assertEquals(
        List.of(repeated.split(" ", -1)), ModuleNames.repeated(List.of(modules.split(" ", -1))));
  }

  @Test
  void theModuleAroundLayersIsWhatTheirNamesShare() {
    assertEquals(
        "layer.0.attention",
        ModuleNames.around(List.of("layer.0.attention.query", "layer.0.attention.output.dense")));
    assertEquals("layer1.0", ModuleNames.around(List.of("layer1.0.conv1")));
    assertEquals("", ModuleNames.around(List.of("conv1")));
    assertEquals("", ModuleNames.around(List.of("a.conv", "b.conv")));
    assertEquals("", ModuleNames.around(List.of()));
  }

  @Test
  void theHalvesOfALayerBelongTogether() {
    assertRepeated(
        "m.layer.0.attention m.layer.0 m.layer.1.attention m.layer.1",
        "m.layer.0 m.layer.0 m.layer.1 m.layer.1");
    assertRepeated(
        "encoder_layer_0 encoder_layer_0 encoder_layer_1 encoder_layer_1",
        "encoder_layer_0 encoder_layer_0 encoder_layer_1 encoder_layer_1");
    assertRepeated(
        "block.0.layer.0 block.0.layer.1 block.1.layer.0 block.1.layer.1",
        "block.0 block.0 block.1 block.1");
  }

  @Test
  void oneLayerAloneIsABlock() {
    assertRepeated("layer.0.attention layer.0", "layer.0 layer.0");
    assertRepeated("features.3.conv", "features.3");
    assertRepeated("stage.conv", "stage.conv");
  }

  @Test
  void blocksOfListsThatFollowOneAnotherStayApart() {
    assertRepeated("stage1.0 stage1.1 stage2.0", "stage1.0 stage1.1 stage2.0");
    assertRepeated("stage1.0.attn stage1.0 stage2.0.attn", "stage1.0 stage1.0 stage2.0");
  }

  @Test
  void withoutNamesEachBlockStandsAlone() {
    assertRepeated("  ", "  ");
    assertRepeated("net net", " ");
    assertRepeated("net.0.a  net.1.a", "net.0  net.1");
  }
}
