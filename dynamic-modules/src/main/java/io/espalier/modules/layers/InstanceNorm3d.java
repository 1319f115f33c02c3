package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import java.util.Set;

/** Instance normalisation of data with 3 spatial axes. */
@AutoService(DynamicModule.class)
public final class InstanceNorm3d extends ChannelNorm {
  public InstanceNorm3d() {
    super("nn.InstanceNorm3d", "InstanceNormalization", "InstanceNormalization", Set.of(5));
  }
}
