package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import java.util.Set;

/** Batch normalisation of data with 3 spatial axes. */
@AutoService(DynamicModule.class)
public final class BatchNorm3d extends ChannelNorm {
  public BatchNorm3d() {
    super("nn.BatchNorm3d", "BatchNormalization", "BatchNormalization", Set.of(5));
  }
}
