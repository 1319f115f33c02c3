package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;
import java.util.List;

/** A transposed convolution over 1 spatial axis. */
@AutoService(DynamicModule.class)
public final class ConvTranspose1d extends Convolution {
  public ConvTranspose1d() {
    super("nn.ConvTranspose1d", List.of("ConvTranspose"), 1, 0);
  }
}
