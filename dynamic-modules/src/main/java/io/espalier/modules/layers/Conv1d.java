package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;

/** A convolution over 1 spatial axis. */
@AutoService(DynamicModule.class)
public final class Conv1d extends Convolution {
  public Conv1d() {
    super("nn.Conv1d", PLAIN, 1, 1);
  }
}
