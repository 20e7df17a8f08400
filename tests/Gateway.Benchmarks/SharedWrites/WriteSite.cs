namespace Gateway.Benchmarks.SharedWrites;

/// <summary>A place in the code that writes.</summary>
/// <param name="Kind">How.</param>
/// <param name="Method">In which method, with its type.</param>
/// <param name="What">What is called or written there.</param>
internal sealed record WriteSite(WriteKind Kind, string Method, string What);
