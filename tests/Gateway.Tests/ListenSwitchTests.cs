namespace Gateway.Tests;

public sealed class ListenSwitchTests
{
    [Theory]
    [InlineData("--urls=http://0.0.0.0:8080", "--listen", "0.0.0.0")]
    [InlineData("--urls=http://10.0.0.1:80 --a=b", "--listen=10.0.0.1:80", "--a=b")]
    [InlineData("--a b --urls=http://[::]:8080 c=d", "--a", "b", "/Listen=::", "c=d")]
    [InlineData("--a=listen", "--a=listen")]
    public void Apply_TheSwitch_IsAUrlInItsPlace(string expected, params string[] args)
    {
        var (applied, fault) = ListenSwitch.Apply(args);
        Assert.Null(fault);
        Assert.Equal(expected, string.Join(' ', applied));
    }

    [Theory]
    [InlineData("--listen and --urls both say where to listen.", "--listen=0.0.0.0", "--urls", "http://127.0.0.1:1")]
    [InlineData("--listen stands there twice.", "--listen=0.0.0.0", "--listen=127.0.0.1")]
    [InlineData("--listen: 'kitchen' is no address", "--listen", "kitchen")]
    [InlineData("--listen: '' is no address", "--listen=")]
    public void Apply_WhatCannotBe_IsToldInOneSentence(string expected, params string[] args) => Assert.StartsWith(expected, ListenSwitch.Apply(args).Fault, StringComparison.Ordinal);
}
