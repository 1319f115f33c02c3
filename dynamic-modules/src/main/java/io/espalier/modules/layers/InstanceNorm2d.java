package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import java.util.Set;

/** Instance normalisation of data with 2 spatial axes. */
@AutoService(DynamicModule.class)
public final class InstanceNorm2d extends ChannelNorm {
  public InstanceNorm2d() {
    super("nn.InstanceNorm2d", "InstanceNormalization", "InstanceNormalization", Set.of(4));
  }
}
