package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;

/** A convolution over 3 spatial axes. */
@AutoService(DynamicModule.class)
public final class Conv3d extends Convolution {
  public Conv3d() {
    super("nn.Conv3d", PLAIN, 3, 1);
  }
}
