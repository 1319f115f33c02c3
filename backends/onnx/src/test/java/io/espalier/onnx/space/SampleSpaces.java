package io.espalier.onnx.space;

import io.espalier.core.Hparam;
import io.espalier.core.SearchSpace;
import io.espalier.core.SearchSpaces;
import io.espalier.core.rules.Rules;
import io.espalier.onnx.OnnxBackend;
import io.espalier.onnx.build.SampleNetworks;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.spi.DMRegistry;
import java.util.Set;

/** Search spaces of networks built in code. */
final class SampleSpaces {
  static final DMRegistry REGISTRY = DMRegistry.discover(SampleSpaces.class.getClassLoader());
  static final SearchSpaces SPACES = new SearchSpaces(Set.of(new OnnxBackend()), REGISTRY);
  static final OnnxModel RESNET = SampleNetworks.thinResnet();

  /** The rules of a detector: ratios by glob, a depth, everything else rounded to 16. */
  private static final String DETECTOR_RULES =
      """
      {"nn.Sequential": {"min_depth": 2},
       "nn.Conv2d": {"*": {"channels_ratio": [1], "channel_divisor": 16, "kernel_size": []},
                     "backbone.stages.[1-5]*.spatial_conv*": {"channels_ratio": [0.334, 0.5, 0.667, 1]},
                     "det_blocks.*.spatial_conv*": {"channels_ratio": [0.667, 1]}},
       "nn.Linear": {}, "nn.BatchNorm2d": {}, "nn.SyncBatchNorm": {}}
      """;

  private SampleSpaces() {}

  static SearchSpace resnet() {
    return SPACES.generate(RESNET, Rules.everything());
  }

  static SearchSpace detector() {
    return SPACES.generate(SampleNetworks.rulesFixture(), Rules.parse(DETECTOR_RULES));
  }

  /** A choice under a name that is not its first. */
  static Hparam alias(SearchSpace space) {
    return space.namedHparams().values().stream()
        .filter(hparam -> hparam.isConfigurable() && !hparam.isPrimary())
        .findFirst()
        .orElseThrow();
  }

  static String firstWidth(SearchSpace space) {
    return space.configurableHparams().keySet().stream()
        .filter(name -> name.endsWith("out_channels"))
        .findFirst()
        .orElseThrow();
  }
}
