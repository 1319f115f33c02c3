package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import java.util.List;

/** A transposed convolution over 3 spatial axes. */
@AutoService(DynamicModule.class)
public final class ConvTranspose3d extends Convolution {
  public ConvTranspose3d() {
    super("nn.ConvTranspose3d", List.of("ConvTranspose"), 3, 0);
  }
}
