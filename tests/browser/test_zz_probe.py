import pytest
pytestmark = pytest.mark.browser
def test_probe(page, drawn):
    page.goto("/sz-sti-14/indicators/I-01/"); drawn(page)
    points = page.locator(".js-plotly-plot .scatterlayer .trace .points path")
    for n in range(points.count()):
        b = points.nth(n).bounding_box()
        x,y=b["x"]+b["width"]/2, b["y"]+b["height"]/2
        page.mouse.move(x-1,y); page.mouse.move(x,y); page.wait_for_timeout(120)
        print(round(x),round(y),round(b["width"]),page.locator(".hoverlayer .hovertext").all_text_contents())
    page.wait_for_timeout(300)
    gd = page.locator(".js-plotly-plot")
    print(page.evaluate("()=>{const g=document.querySelector('.js-plotly-plot');return g.data.map(t=>[t.mode,t.x,t.y,t.hovertext]).map(x=>JSON.stringify(x))}"))
    print(page.evaluate("()=>document.querySelector('.js-plotly-plot').layout.hovermode"))
