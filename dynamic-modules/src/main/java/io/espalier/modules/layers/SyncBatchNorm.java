package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import java.util.Set;

/**
 * Batch normalisation whose statistics were shared between devices. In a file it looks like any
 * other, so that only a tracer that knows the layer's class can tell.
 */
@AutoService(DynamicModule.class)
public final class SyncBatchNorm extends ChannelNorm {
  public SyncBatchNorm() {
    super("nn.SyncBatchNorm", "nn.SyncBatchNorm", "BatchNormalization", Set.of(2, 3, 4, 5));
  }
}
