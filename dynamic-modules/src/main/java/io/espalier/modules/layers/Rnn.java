package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;

/** A plain recurrent layer. */
@AutoService(DynamicModule.class)
public final class Rnn extends Recurrent {
  public Rnn() {
    super("nn.RNN", "RNN");
  }
}
