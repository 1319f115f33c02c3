package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import java.util.Set;

/** Instance normalisation of data with one spatial axis. */
@AutoService(DynamicModule.class)
public final class InstanceNorm1d extends ChannelNorm {
  public InstanceNorm1d() {
    super("nn.InstanceNorm1d", "InstanceNormalization", "InstanceNormalization", Set.of(3));
  }
}
