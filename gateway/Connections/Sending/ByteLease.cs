namespace Gateway.Connections.Sending;

/// <summary>A hold on bytes that somebody else owns: they neither change nor go until it is released, which must happen once. The default value holds nothing.</summary>
/// <param name="holder">What is held.</param>
/// <param name="release">Lets go of it; from any thread.</param>
internal readonly struct ByteLease(object holder, Action<object> release)
{
    private readonly object? _holder = holder;
    private readonly Action<object>? _release = release;

    public void Release() => _release?.Invoke(_holder!);
}
