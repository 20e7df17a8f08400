namespace Gateway.FunctionalTests.Common;

/// <summary>Tests that measure the memory of this process. They run one by one after all others, which take and give back hundreds of megabytes meanwhile.</summary>
[CollectionDefinition(nameof(MeasuresMemory), DisableParallelization = true)]
public sealed class MeasuresMemory;
