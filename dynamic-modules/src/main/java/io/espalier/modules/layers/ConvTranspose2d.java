package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import java.util.List;

/** A transposed convolution over 2 spatial axes. */
@AutoService(DynamicModule.class)
public final class ConvTranspose2d extends Convolution {
  public ConvTranspose2d() {
    super("nn.ConvTranspose2d", List.of("ConvTranspose"), 2, 0);
  }
}
