package io.espalier.contrib;

import io.espalier.onnx.file.OnnxModel;
import io.espalier.testkit.PluginContract;
import org.junit.jupiter.api.Nested;

/** Every module of this plugin keeps the contract. */
class FusedLayersTest {
  private abstract static class Contract extends PluginContract {
    private final String key;
    private final String graph;

    Contract(String key, String graph) {
      this.key = key;
      this.graph = graph;
    }

    @Override
    protected String key() {
      return key;
    }

    @Override
    protected OnnxModel model() {
      return Graphs.of(graph);
    }
  }

  @Nested
  class OfAttention extends Contract {
    OfAttention() {
      super("ort.Attention", "Attention, sizes given");
    }
  }

  @Nested
  class OfFusedConv extends Contract {
    OfFusedConv() {
      super("ort.FusedConv", "FusedConv");
    }
  }

  @Nested
  class OfFusedMatMul extends Contract {
    OfFusedMatMul() {
      super("ort.FusedLinear", "FusedMatMul, weight");
    }
  }

  @Nested
  class OfFusedGemm extends Contract {
    OfFusedGemm() {
      super("ort.FusedLinear", "FusedGemm");
    }
  }

  @Nested
  class OfSkipLayerNormalization extends Contract {
    OfSkipLayerNormalization() {
      super("ort.FusedNorm", "SkipLayerNormalization");
    }
  }

  @Nested
  class OfEmbedLayerNormalization extends Contract {
    OfEmbedLayerNormalization() {
      super("ort.FusedNorm", "EmbedLayerNormalization");
    }
  }
}
