package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import java.util.Set;

/** Batch normalisation of data with 2 spatial axes. */
@AutoService(DynamicModule.class)
public final class BatchNorm2d extends ChannelNorm {
  public BatchNorm2d() {
    super("nn.BatchNorm2d", "BatchNormalization", "BatchNormalization", Set.of(4));
  }
}
