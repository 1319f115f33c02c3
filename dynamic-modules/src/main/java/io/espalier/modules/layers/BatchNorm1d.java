package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import java.util.Set;

/** Batch normalisation of data with one spatial axis, or none. */
@AutoService(DynamicModule.class)
public final class BatchNorm1d extends ChannelNorm {
  public BatchNorm1d() {
    super("nn.BatchNorm1d", "BatchNormalization", "BatchNormalization", Set.of(2, 3));
  }
}
