package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;

/** A convolution over 2 spatial axes. */
@AutoService(DynamicModule.class)
public final class Conv2d extends Convolution {
  public Conv2d() {
    super("nn.Conv2d", PLAIN, 2, 1);
  }
}
