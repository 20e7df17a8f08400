namespace Gateway.Load.Players;

/// <summary>Whose adaptation, buffering and timing a virtual player has.</summary>
internal enum RuleSet
{
    /// <summary>hls.js 1.7 with its stock settings.</summary>
    HlsJs,

    /// <summary>dash.js 5.2, stock: throughput and BOLA-O, insufficient buffer, abandon.</summary>
    DashJs,

    /// <summary>shaka-player 5.2, stock: SimpleAbrManager.</summary>
    Shaka,

    /// <summary>The highest rung below 0.8 of the harmonic mean of the last five segments.</summary>
    Throughput,

    /// <summary>BOLA-BASIC (Spiteri, Urgaonkar, Sitaraman, INFOCOM 2016).</summary>
    Bola,

    /// <summary>One rung, whatever happens: <see cref="PlayerPlan.FixedRung"/>.</summary>
    Fixed,
}
